// Command oracle reads a Compose project with the reference loader and prints its answer as JSON.
//
//	oracle --json '{"dir": "/p", "files": ["compose.yaml"], "env": {}}'   one request
//	oracle --batch                                                        one request a line, one answer a line
//
// A batch keeps a child process that loads, because a load that does not end cannot be stopped from inside:
// the child ends itself when a request runs out of time or memory, and the next request gets a new child.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/sirupsen/logrus"
)

const (
	defaultTimeout = 5 * time.Second
	backstop       = 2 * time.Second // what a child that cannot end itself gets on top
	memoryLimit    = 1 << 30         // bytes of heap
	maxLine        = 64 << 20        // bytes of one request
)

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "--json":
		answer(newLog(), []byte(os.Args[2]), os.Stdout)
	case len(os.Args) == 2 && os.Args[1] == "--batch":
		supervise(os.Stdin, os.Stdout)
	case len(os.Args) == 2 && os.Args[1] == "--worker":
		log := newLog()
		in := lines(os.Stdin)
		for in.Scan() {
			answer(log, in.Bytes(), os.Stdout)
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: oracle --json REQUEST | oracle --batch")
		os.Exit(2)
	}
}

func newLog() *warnings {
	log := &warnings{}
	logrus.SetOutput(io.Discard)
	logrus.AddHook(log)
	return log
}

func lines(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 1<<16), maxLine)
	return s
}

func write(w io.Writer, a Answer) {
	if a.Warnings == nil {
		a.Warnings = []string{}
	}
	text, err := json.Marshal(a)
	if err != nil {
		text, _ = json.Marshal(Answer{Result: "crash", Error: err.Error(), Warnings: []string{}})
	}
	_, _ = w.Write(append(text, '\n'))
}

func parse(line []byte) (Request, error) {
	var r Request
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	err := d.Decode(&r)
	if err == nil && !filepath.IsAbs(r.Dir) {
		err = fmt.Errorf("dir must be absolute: %q", r.Dir)
	}
	return r, err
}

func (r Request) timeout() time.Duration {
	if r.TimeoutSeconds > 0 {
		return time.Duration(r.TimeoutSeconds * float64(time.Second))
	}
	return defaultTimeout
}

// answer loads in a goroutine and watches it; out of time or memory, it says so and ends the process.
func answer(log *warnings, line []byte, out io.Writer) {
	r, err := parse(line)
	if err != nil {
		write(out, Answer{Result: "bad-request", Error: err.Error()})
		return
	}
	log.drain()
	done := make(chan Answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- Answer{Result: "crash", Error: fmt.Sprint(p), Warnings: log.drain()}
			}
		}()
		project, disabled, err := load(r)
		if err != nil {
			result := "reject"
			if errors.As(err, &badRequest{}) {
				result = "bad-request"
			}
			done <- Answer{Result: result, Error: err.Error(), Warnings: log.drain()}
			return
		}
		done <- Answer{Result: "accept", Project: project, Warnings: log.drain(), DisabledServices: disabled}
	}()
	deadline := time.After(r.timeout())
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case a := <-done:
			write(out, a)
			return
		case <-deadline:
			write(out, Answer{Result: "timeout"})
			os.Exit(0)
		case <-tick.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > memoryLimit {
				write(out, Answer{Result: "memory"})
				os.Exit(0)
			}
		}
	}
}

// child is a worker process with its ends of the pipes.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers chan []byte // closed when the worker ended
}

func start() (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "--worker")
	cmd.Env = []string{}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, in: in, answers: make(chan []byte)}
	go func() {
		defer close(c.answers)
		s := lines(out)
		for s.Scan() {
			c.answers <- bytes.Clone(s.Bytes())
		}
	}()
	return c, nil
}

func (c *child) end() {
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	for range c.answers { // lets the reader finish before the pipe is closed
	}
	_ = c.cmd.Wait()
}

// ask returns the child's answer, and whether the child can take another request.
func (c *child) ask(line []byte, limit time.Duration) (Answer, []byte, bool) {
	if _, err := c.in.Write(append(bytes.Clone(line), '\n')); err != nil {
		return Answer{Result: "crash", Error: err.Error()}, nil, false
	}
	select {
	case text, ok := <-c.answers:
		if !ok {
			return Answer{Result: "crash", Error: "the loader's process ended"}, nil, false
		}
		var a Answer
		if err := json.Unmarshal(text, &a); err != nil {
			return Answer{Result: "crash", Error: err.Error()}, nil, false
		}
		return a, text, a.Result == "accept" || a.Result == "reject" || a.Result == "bad-request"
	case <-time.After(limit + backstop):
		return Answer{Result: "timeout"}, nil, false
	}
}

func supervise(in io.Reader, out io.Writer) {
	var c *child
	defer func() {
		if c != nil {
			c.end()
		}
	}()
	requests := lines(in)
	for requests.Scan() {
		r, err := parse(requests.Bytes())
		if err != nil {
			write(out, Answer{Result: "bad-request", Error: err.Error()})
			continue
		}
		if c == nil {
			if c, err = start(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
		}
		a, text, alive := c.ask(requests.Bytes(), r.timeout())
		if !alive {
			c.end()
			c = nil
		}
		if text != nil {
			_, _ = out.Write(append(text, '\n'))
		} else {
			write(out, a)
		}
	}
}
