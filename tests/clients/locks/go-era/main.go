// The program of the Docker documentation of 2019: the SDK of that time, whose ContainerCreate takes
// five arguments, pulls an image and prints what a container says.
package main

import (
	"context"
	"io"
	"log"
	"os"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ctx := context.Background()
	cli, err := client.NewClientWithOpts(client.FromEnv)
	must(err)
	cli.NegotiateAPIVersion(ctx)
	log.Print("API version ", cli.ClientVersion())

	progress, err := cli.ImagePull(ctx, "docker.io/library/alpine", types.ImagePullOptions{})
	must(err)
	_, err = io.Copy(os.Stderr, progress)
	must(err)

	made, err := cli.ContainerCreate(ctx, &container.Config{
		Image: "alpine",
		Cmd:   []string{"echo", "hello world"},
	}, nil, nil, "")
	must(err)
	must(cli.ContainerStart(ctx, made.ID, types.ContainerStartOptions{}))

	ended, failed := cli.ContainerWait(ctx, made.ID, container.WaitConditionNotRunning)
	select {
	case err := <-failed:
		must(err)
	case status := <-ended:
		log.Print("exit code ", status.StatusCode)
	}

	logs, err := cli.ContainerLogs(ctx, made.ID, types.ContainerLogsOptions{ShowStdout: true})
	must(err)
	_, err = stdcopy.StdCopy(os.Stdout, os.Stderr, logs)
	must(err)
	must(cli.ContainerRemove(ctx, made.ID, types.ContainerRemoveOptions{}))
}
