package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	executor = "node_modules/@pulumi/pulumi/cmd/run"
	// With this code the program says that it has told the user already what went wrong.
	toldTheUser = 32
)

// Run starts the program under the engine's monitor and waits for its end; its output is ours.
func (h host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	root := request.Info.RootDirectory
	path := filepath.Join(root, executor)
	if _, err := os.Stat(path); err != nil {
		return &pulumirpc.RunResponse{Error: root + " has no @pulumi/pulumi; run `pulumi install` in it"}, nil
	}
	command := exec.CommandContext(ctx, "node", h.arguments(path, request)...)
	command.Dir, command.Stdout, command.Stderr = request.Pwd, os.Stdout, os.Stderr
	environment, err := programEnvironment(request)
	if err != nil {
		return nil, err
	}
	command.Env = environment
	// The engine interrupts our whole group, and a program of its own group ends when the call does.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 3 * time.Second
	return response(command.Run()), nil
}

func (h host) arguments(path string, request *pulumirpc.RunRequest) []string {
	options := []string{
		"--monitor", request.MonitorAddress, "--engine", h.engine,
		"--organization", request.Organization, "--project", request.Project, "--stack", request.Stack,
		"--root-directory", request.Info.RootDirectory, "--pwd", request.Pwd,
		"--parallel", strconv.Itoa(int(request.Parallel)),
	}
	if request.DryRun {
		options = append(options, "--dry-run")
	}
	program := request.Info.EntryPoint
	if program == "" {
		program = "."
	}
	return append(append(append([]string{path}, options...), program), request.Args...)
}

func programEnvironment(request *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(request.Config)
	if err != nil {
		return nil, err
	}
	secret, err := json.Marshal(request.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	return append(os.Environ(),
		"PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secret),
		"PULUMI_NODEJS_TYPESCRIPT=true"), nil
}

func response(err error) *pulumirpc.RunResponse {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case errors.As(err, &ended) && ended.ExitCode() == toldTheUser:
		return &pulumirpc.RunResponse{Bail: true}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended badly: %v", err)}
	}
}
