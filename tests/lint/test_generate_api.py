"""The API generator: names, marks, and that --check notices what was changed by hand."""
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tools.apigen.catalogue import Catalogue, snake  # noqa: E402
from tools.apigen.structs import enum_values  # noqa: E402

PARTS = ("tools/apigen", "src/api/catalogue", "src/api/generated", "docs/api")


@pytest.mark.parametrize("name, wanted", [
    ("HostConfig", "host_config"), ("IPAMConfig", "ipam_config"), ("EnableIPv6", "enable_ipv6"),
    ("IPv6Gateway", "ipv6_gateway"), ("DNSSearch", "dns_search"), ("DnsSearch", "dns_search"), ("ID", "id"),
    ("NanoCpus", "nano_cpus"), ("ExecIDs", "exec_ids"), ("LinkLocalIPs", "link_local_ips"), ("OSType", "os_type"),
    ("BlkioDeviceReadIOps", "blkio_device_read_iops"), ("os.version", "os_version"), ("SELinuxContext", "selinux_context"),
    ("default", "default_"), ("CgroupnsMode", "cgroupns_mode")])
def test_members_are_named_by_rule(name, wanted):
    assert snake(name) == wanted


def test_no_struct_has_two_members_of_one_name():
    catalogue = Catalogue()
    for owner in catalogue.structs():
        names = [snake(name) for name, _ in catalogue.fields(owner)]
        assert len(names) == len(set(names)), owner


def test_marks_decide_types_and_styles():
    catalogue = Catalogue()

    def member(owner, name):
        return catalogue.member(owner, name, catalogue.types[owner]["fields"][name])
    assert member("ContainerConfig", "Cmd") == ("List<std::string>", "null", True)
    assert member("ContainerState", "Health") == ("std::optional<Health>", "omit", False)
    assert member("ContainerSummary", "Ports") == ("List<PortSummary>", "write", False)
    assert member("Resources", "PidsLimit") == ("std::optional<std::int64_t>", "null", False)
    assert member("ContainerConfig", "Hostname") == ("std::string", "write", False)


def test_a_mark_of_a_field_that_is_not_there_is_an_error():
    catalogue = Catalogue()
    catalogue.exact["ContainerConfig.Nothing"] = ["omit"]
    with pytest.raises(SystemExit, match="ContainerConfig.Nothing"):
        catalogue.check_marks()


def test_constants_are_words():
    assert "unless-stopped" in enum_values(Catalogue())["restart_policy_mode"]


def check(root):
    return subprocess.run([sys.executable, root / "tools/generate_api.py", "--check"], check=False,
                          capture_output=True, text=True)


def test_check_notices_every_difference(tmp_path):
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tools/generate_api.py", tmp_path / "tools")
    assert check(tmp_path).returncode == 0
    changed = tmp_path / "src/api/generated/common.hpp"
    changed.write_text(changed.read_text() + "\n")
    stray = tmp_path / "docs/api/v9.md"
    stray.write_text("x")
    done = check(tmp_path)
    assert done.returncode == 1
    assert "src/api/generated/common.hpp" in done.stdout and "docs/api/v9.md" in done.stdout
