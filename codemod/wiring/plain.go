package wiring

import "github.com/batten-dev/batten/codemod/workspace"

func (o *observer) plainApp(*workspace.App) {}

func (o *observer) plainBackend(*workspace.Backend) {}
