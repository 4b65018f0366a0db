// Package v4 stands for the component resource of charts.
package v4

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// RepositoryOpts says where a chart comes from.
type RepositoryOpts struct {
	CaFile, CertFile, KeyFile pulumi.AssetOrArchive
	Username, Password, Repo  *string
}

// RepositoryOptsInput is an input of RepositoryOpts.
type RepositoryOptsInput interface{ pulumi.Input }

// PostRenderer is a command that changes what a chart makes.
type PostRenderer struct {
	Command string
	Args    []string
}

// PostRendererInput is an input of PostRenderer.
type PostRendererInput interface{ pulumi.Input }
