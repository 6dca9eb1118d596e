"""docker system df."""


def test_docker_system_df(docker, engine, alpine, clean):
    container = docker.must("run", "-d", "-v", "some:/data", "alpine", "sh", "-c", "head -c 100000 /dev/zero > /data/f; head -c 50000 /dev/zero > /f; sleep 1000").strip()
    stopped = docker.must("run", "-d", "alpine", "true").strip()
    docker.must("wait", stopped)
    rows = docker.must("system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}").splitlines()
    assert "Containers|2|1" in rows and "Local Volumes|1|1" in rows and "Build Cache|0|0" in rows
    assert any(row.startswith("Images|") and row.endswith("|1") for row in rows)
    verbose = docker.must("system", "df", "-v")
    assert container[:12] in verbose and "some" in verbose
    usage = engine.api.get("/system/df").json()
    shown = {one["Id"]: one for one in usage["Containers"]}
    assert shown[container]["SizeRw"] >= 50000 and shown[container]["SizeRootFs"] > shown[container]["SizeRw"]
    volume = next(one for one in usage["Volumes"] if one["Name"] == "some")
    assert volume["UsageData"]["RefCount"] == 1 and volume["UsageData"]["Size"] >= 100000
    assert usage["LayersSize"] > 0 and next(one for one in usage["Images"] if "alpine:latest" in one["RepoTags"])["Containers"] == 2
    docker.must("rm", "-f", container, stopped)
    docker.must("volume", "rm", "some")
