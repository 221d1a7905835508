package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// GeneratePackage writes the SDK of a package, with Pulumi's own generator.
func (host) GeneratePackage(
	_ context.Context, request *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.Schema), &spec); err != nil {
		return nil, err
	}
	bound, found, err := schema.BindSpec(spec, loader, schema.ValidationOptions{AllowDanglingReferences: true})
	if err != nil {
		return nil, err
	}
	if found.HasErrors() {
		return nil, found
	}
	files, err := nodejs.GeneratePackage(
		"pulumi-language-nodejs", bound, request.ExtraFiles, request.LocalDependencies, request.Local, loader)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GeneratePackageResponse{}, write(request.Directory, files)
}

func write(folder string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Link notes generated SDKs in package.json; the CLI has them installed afterwards.
func (host) Link(ctx context.Context, request *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	root, words := request.Info.RootDirectory, ""
	for _, each := range request.Packages {
		name, err := nameOf(filepath.Join(root, each.Path))
		if err != nil {
			return nil, err
		}
		set := exec.CommandContext(ctx, "npm", "pkg", "set", "dependencies."+name+"=file:"+each.Path)
		set.Dir = root
		if output, err := set.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("npm pkg set: %w: %s", err, output)
		}
		words += fmt.Sprintf("import * as %s from %q;\n", identifier(each.Package.Name), name)
	}
	return &pulumirpc.LinkResponse{ImportInstructions: words}, nil
}

func nameOf(folder string) (string, error) {
	content, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "", err
	}
	var described struct {
		Name string `json:"name"`
	}
	return described.Name, json.Unmarshal(content, &described)
}

func identifier(name string) string {
	letters := []byte{}
	for _, letter := range []byte(name) {
		if letter == '-' {
			letter = '_'
		}
		letters = append(letters, letter)
	}
	return string(letters)
}

// InstallDependencies runs npm, which keeps to the lock file where there is one.
func (host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest,
	stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	install := exec.CommandContext(stream.Context(), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error")
	install.Dir = request.Info.ProgramDirectory
	install.Stdout = sender(func(text []byte) error {
		return stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: text})
	})
	install.Stderr = install.Stdout
	if err := install.Run(); err != nil {
		return fmt.Errorf("npm install: %w", err)
	}
	return nil
}

type sender func([]byte) error

func (send sender) Write(text []byte) (int, error) { return len(text), send(text) }
