// The program reads a Containerfile the way BuildKit does and prints its stages as JSON, for the tests.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type step struct {
	Name    string `json:"name"`
	Command any    `json:"command"`
}

type stage struct {
	Name  string `json:"name"`
	Base  string `json:"base"`
	Steps []step `json:"steps"`
}

type told struct {
	Stages   []stage  `json:"stages"`
	Warnings []string `json:"warnings"`
}

func main() {
	found, err := read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		os.Exit(1)
	}
}

func read(path string) (told, error) {
	found := told{Stages: []stage{}, Warnings: []string{}}
	file, err := os.Open(path)
	if err != nil {
		return found, err
	}
	defer file.Close()
	parsed, err := parser.Parse(file)
	if err != nil {
		return found, err
	}
	for _, warning := range parsed.Warnings {
		found.Warnings = append(found.Warnings, warning.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) {
		found.Warnings = append(found.Warnings, rule+": "+message)
	}})
	stages, _, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		return found, err
	}
	for _, each := range stages {
		made := stage{Name: each.Name, Base: each.BaseName, Steps: []step{}}
		for _, command := range each.Commands {
			made.Steps = append(made.Steps, step{Name: command.Name(), Command: command})
		}
		found.Stages = append(found.Stages, made)
	}
	return found, nil
}
