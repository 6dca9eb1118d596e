// The same program as ../go-era with the SDK of today.
package main

import (
	"context"
	"log"
	"os"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ctx := context.Background()
	cli, err := client.New(client.FromEnv)
	must(err)

	progress, err := cli.ImagePull(ctx, "docker.io/library/alpine", client.ImagePullOptions{})
	must(err)
	must(progress.Wait(ctx))

	made, err := cli.ContainerCreate(ctx, client.ContainerCreateOptions{
		Config: &container.Config{Image: "alpine", Cmd: []string{"echo", "hello world"}},
	})
	must(err)
	log.Print("API version ", cli.ClientVersion())
	_, err = cli.ContainerStart(ctx, made.ID, client.ContainerStartOptions{})
	must(err)

	wait := cli.ContainerWait(ctx, made.ID, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case err := <-wait.Error:
		must(err)
	case status := <-wait.Result:
		log.Print("exit code ", status.StatusCode)
	}

	logs, err := cli.ContainerLogs(ctx, made.ID, client.ContainerLogsOptions{ShowStdout: true})
	must(err)
	_, err = stdcopy.StdCopy(os.Stdout, os.Stderr, logs)
	must(err)
	must(logs.Close())
	_, err = cli.ContainerRemove(ctx, made.ID, client.ContainerRemoveOptions{})
	must(err)
}
