package main

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// Request names one project. Relative paths are relative to Dir, which plays the current directory.
type Request struct {
	Dir              string            `json:"dir"`
	Files            []string          `json:"files"` // -f; empty: the default names, upwards from Dir
	Env              map[string]string `json:"env"`   // the whole process environment of the load, HOME included
	EnvFiles         []string          `json:"env_files"`
	Profiles         []string          `json:"profiles"`
	Name             string            `json:"name"`
	ProjectDir       string            `json:"project_dir"`
	Discover         bool              `json:"discover"` // says aloud that Files is empty
	Model            bool              `json:"model"`    // the untyped tree, before values are bound to types
	NoInterpolate    bool              `json:"no_interpolate"`
	NoNormalize      bool              `json:"no_normalize"`
	NoConsistency    bool              `json:"no_consistency"`
	NoPathResolution bool              `json:"no_path_resolution"`
	NoEnvResolution  bool              `json:"no_env_resolution"`
	TimeoutSeconds   float64           `json:"timeout"`
}

// Answer is one line of output. Result is accept, reject, timeout, memory, crash or bad-request.
type Answer struct {
	Result           string          `json:"result"`
	Project          json.RawMessage `json:"project,omitempty"`
	Error            string          `json:"error,omitempty"`
	Warnings         []string        `json:"warnings"`
	DisabledServices []string        `json:"disabled_services,omitempty"`
}

// warnings keeps each different line that the loader logs, in order; it is a logrus hook.
type warnings struct {
	mu    sync.Mutex
	lines []string
}

func (w *warnings) Levels() []logrus.Level { return logrus.AllLevels }

func (w *warnings) Fire(e *logrus.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if line := e.Level.String() + ": " + e.Message; !slices.Contains(w.lines, line) {
		w.lines = append(w.lines, line)
	}
	return nil
}

func (w *warnings) drain() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := w.lines
	w.lines = nil
	if lines == nil {
		lines = []string{}
	}
	return lines
}

// options puts the loader's options in the order of `docker compose config`: the first .env may name the
// files (COMPOSE_FILE), the files may lie beside another .env, and profiles come last. No resource loader
// is registered, so nothing is fetched: a remote include is looked for as a local path and fails.
func (r Request) options() []cli.ProjectOptionsFn {
	env := make([]string, 0, len(r.Env))
	for k, v := range r.Env {
		env = append(env, k+"="+v)
	}
	envFiles := r.EnvFiles
	if len(envFiles) == 0 {
		envFiles = strings.FieldsFunc(r.Env["COMPOSE_ENV_FILES"], func(c rune) bool { return c == ',' })
	}
	options := []cli.ProjectOptionsFn{
		cli.WithInterpolation(!r.NoInterpolate),
		cli.WithResolvedPaths(!r.NoPathResolution),
		cli.WithNormalization(!r.NoNormalize),
		cli.WithConsistency(!r.NoConsistency),
	}
	if r.NoEnvResolution {
		options = append(options, cli.WithoutEnvironmentResolution)
	} else {
		options = append(options, cli.WithDiscardEnvFile)
	}
	return append(options,
		cli.WithWorkingDirectory(r.ProjectDir),
		cli.WithEnv(env),
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithConfigFileEnv,
		cli.WithDefaultConfigPath,
		cli.WithEnvFiles(envFiles...),
		cli.WithDotEnv,
		cli.WithDefaultProfiles(r.Profiles...),
		cli.WithName(r.Name),
	)
}

// badRequest is an error of the caller, not of the project.
type badRequest struct{ error }

// load answers one request. The process environment and directory become the request's: the loader asks the
// process for HOME and for COMPOSE_DISABLE_ENV_FILE.
func load(r Request) (json.RawMessage, []string, error) {
	if err := os.Chdir(r.Dir); err != nil {
		return nil, nil, badRequest{err}
	}
	os.Clearenv()
	for k, v := range r.Env {
		if err := os.Setenv(k, v); err != nil {
			return nil, nil, badRequest{err}
		}
	}
	ctx := context.Background()
	options, err := cli.NewProjectOptions(r.Files, r.options()...)
	if err != nil {
		return nil, nil, err
	}
	if r.Model {
		model, err := options.LoadModel(ctx)
		if err != nil {
			return nil, nil, err
		}
		text, err := json.Marshal(model)
		return text, nil, err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !r.NoConsistency {
		if err := project.CheckContainerNameUnicity(); err != nil {
			return nil, nil, err
		}
	}
	text, err := projectJSON(project)
	return text, project.DisabledServiceNames(), err
}

// projectJSON is the loader's own JSON with what it prints as YAML only: the models, and ssh keys with a path.
func projectJSON(project *types.Project) (json.RawMessage, error) {
	for _, service := range project.Services {
		joinSSH(service.Build)
	}
	for _, job := range project.Jobs {
		joinSSH(job.Build)
	}
	text, err := project.MarshalJSON()
	if err != nil || len(project.Models) == 0 {
		return text, err
	}
	whole := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, err
	}
	if whole["models"], err = json.Marshal(project.Models); err != nil {
		return nil, err
	}
	return json.Marshal(whole)
}

// joinSSH writes each key with a path as the one text `id=path`, because the loader's JSON of such a key is
// malformed, and sorts the keys, which come out of a map.
func joinSSH(build *types.BuildConfig) {
	if build == nil {
		return
	}
	for i, key := range build.SSH {
		if key.Path != "" {
			build.SSH[i] = types.SSHKey{ID: key.ID + "=" + key.Path}
		}
	}
	slices.SortFunc(build.SSH, func(a, b types.SSHKey) int { return strings.Compare(a.ID, b.ID) })
}
