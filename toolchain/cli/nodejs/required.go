package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// What an SDK's package.json says of the plugin behind it.
type plugin struct {
	Resource bool   `json:"resource"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	Server   string `json:"server"`
}

// GetRequiredPackages names the plugin of every SDK that is installed: what a component declares inside, without
// a version of its own, is then served by the same plugin as the component.
func (host) GetRequiredPackages(
	_ context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	modules := filepath.Join(request.Info.RootDirectory, "node_modules")
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, pattern := range []string{"*", "@*/*"} {
		found, err := filepath.Glob(filepath.Join(modules, pattern, "package.json"))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			if behind := pluginOf(path); behind.Resource {
				response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
					Kind: "resource", Name: behind.Name, Version: behind.Version, Server: behind.Server,
				})
			}
		}
	}
	return response, nil
}

// A package.json that cannot be read is no SDK's.
func pluginOf(path string) plugin {
	var described struct {
		Pulumi plugin `json:"pulumi"`
	}
	content, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(content, &described) != nil {
		return plugin{}
	}
	return described.Pulumi
}
