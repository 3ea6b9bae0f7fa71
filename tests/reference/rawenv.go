package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/compose-spec/compose-go/v2/dotenv"
)

func init() { dotenv.RegisterFormat("raw", readRaw) }

// readRaw reads `format: raw`, which the loader leaves to its caller: KEY=VALUE verbatim, KEY alone takes the
// value that lookup knows, a line that starts with # is a comment.
func readRaw(r io.Reader, filename string, vars map[string]string, lookup func(string) (string, bool)) error {
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := s.Text()
		if !utf8.ValidString(line) {
			return fmt.Errorf("%s:%d: not UTF-8", filename, n)
		}
		if n == 1 {
			line = strings.TrimPrefix(line, "\uFEFF")
		}
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, assigned := strings.Cut(line, "=")
		if key == "" {
			return fmt.Errorf("%s:%d: no variable name", filename, n)
		}
		if strings.ContainsAny(key, " \t\n\v\f\r\u0085\u00A0") {
			return fmt.Errorf("%s:%d: variable %q contains whitespace", filename, n, key)
		}
		if !assigned {
			known := false
			if value, known = lookup(key); !known {
				continue
			}
		}
		vars[key] = value
	}
	return s.Err()
}
