"""What installs and keeps the service, tried by the tools that will read it, as far as they are on this machine."""

import fcntl
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.assembly import MAX_REQUEST_BYTES
from app.cli.main import COMMANDS
from app.cli.web import FILES, KILL_AFTER_S
from app.settings import Settings, read_settings
from bench.ground import variables
from jobs.keeper import STILL_S
from jobs.pulse import BEAT_EVERY_S
from tests.test_house import ROOT

DEPLOY, PROXY = ROOT / "deploy", ROOT / "docs" / "proxy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [one for one in UNITS if one.suffix == ".service"]
PROGRAM = "/opt/tambour/current/bin/tambour"


def tool(name: str, package: str = "") -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine: apt install {package or name}")
    return found


def runs(*words: str | Path, **others: Any) -> str:
    done = subprocess.run(words, check=False, capture_output=True, text=True, **others)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def unit(path: Path) -> ConfigParser:
    """Of a key written several times, the last."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def test_systemd_finds_nothing_to_say_of_the_units(tmp_path: Path) -> None:
    """Under an account and a program that this machine has."""
    for path in UNITS:
        words = path.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        words = re.sub(r"^(User|Group)=tambour$", r"\1=daemon", words, flags=re.M)
        (tmp_path / path.name).write_text(words, encoding="utf-8")
    said = runs(tool("systemd-analyze", "systemd"), "verify", *sorted(tmp_path.iterdir()))
    assert said == ""


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_may_write_its_data_and_nothing_else(path: Path) -> None:
    service = unit(path)["Service"]
    assert (service["User"], service["StateDirectory"], service["StateDirectoryMode"]) == ("tambour", "tambour", "0700")
    assert service["Environment"] == "TAMBOUR_DATA_DIR=/var/lib/tambour"
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["UMask"]) == ("strict", "yes", "0077")
    assert service["CapabilityBoundingSet"] == ""
    command = service["ExecStart"].split(PROGRAM)[1].split()[0]
    assert command in COMMANDS


def test_a_unit_waits_for_what_its_program_still_has_to_finish() -> None:
    web, jobs = (unit(DEPLOY / "systemd" / f"tambour-{name}.service")["Service"] for name in ("web", "jobs"))
    assert int(web["TimeoutStopSec"]) > KILL_AFTER_S
    assert int(web["LimitNOFILE"]) == FILES
    assert int(jobs["TimeoutStopSec"]) > 2 * Settings.carrier_timeout_s
    assert jobs["Type"] == "notify"
    assert int(jobs["WatchdogSec"]) > STILL_S + 2 * BEAT_EVERY_S, "a busy minute is no death"
    for service in (web, jobs):
        assert service["RestartPreventExitStatus"] == "2", "the exit code of a setting that is not right"


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = tool("nginx")
    runs(tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tambour.test", "-days", "1",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "chain.pem")  # fmt: skip
    words = (PROXY / "nginx.conf").read_text(encoding="utf-8")
    words = re.sub(r"/etc/letsencrypt\S+/fullchain\.pem", str(tmp_path / "chain.pem"), words)
    words = re.sub(r"/etc/letsencrypt\S+/privkey\.pem", str(tmp_path / "key.pem"), words)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    around = f"error_log {tmp_path}/error.log;\npid {tmp_path}/pid;\nevents {{}}\n"
    whole = f"{around}http {{\naccess_log off;\n{folders}{words}}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    assert "test is successful" in runs(nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    words = ("validate", "--adapter", "caddyfile", "--config", PROXY / "Caddyfile")
    said = runs(tool("caddy"), *words, env={"HOME": str(tmp_path)})
    assert "Valid configuration" in said


def test_a_proxy_takes_the_largest_body_says_who_asks_and_brings_https() -> None:
    nginx, caddy = ((PROXY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "Caddyfile"))
    assert f"client_max_body_size {MAX_REQUEST_BYTES >> 20}m;" in nginx
    assert f"max_size {MAX_REQUEST_BYTES >> 20}MB" in caddy
    assert "X-Forwarded-For $remote_addr" in nginx
    assert "X-Forwarded-For {remote_host}" in caddy
    assert "listen 443 ssl" in nginx
    assert "return 301 https://" in nginx
    for words in (nginx, caddy):
        assert f"127.0.0.1:{Settings.port}" in words


def test_the_containers_start_in_order_and_open_nothing_to_the_network(tmp_path: Path) -> None:
    house = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = house["services"]
    assert set(services) == {"database", "web", "jobs", "simulator"}
    for name, one in services.items():
        assert set(one.get("depends_on", {})) <= set(services)
        assert all(volume.split(":")[0] in house["volumes"] for volume in one["volumes"])
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", []))
        assert ("networks" in one) != ("network_mode" in one)
        if name != "database":
            assert one["command"] == ["tambour", name]
    # The settings that containers are given are read as the program reads them.
    given = {name: re.sub(r"\$\{[^}]+\}", "x", value) for name, value in services["web"]["environment"].items()}
    settings = read_settings({**variables(tmp_path, ""), **given})
    assert settings.trusted_proxies == house["networks"]["tambour"]["ipam"]["config"][0]["gateway"]
    client = re.search(r"postgresql-client-(\d+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    assert client
    assert services["database"]["image"] == f"postgres:{client[1]}"


def test_docker_takes_the_composition() -> None:
    docker = tool("docker", "docker.io")
    if subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode != 0:
        pytest.skip("docker compose is not on this machine: apt install docker-compose-v2")
    runs(docker, "compose", "-f", DEPLOY / "compose.yaml", "config", "--quiet", env={"TAMBOUR_DB_PASSWORD": "x"})


def test_what_the_image_copies_is_let_in_and_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.M)
    names = {name for line in copied for name in line.split()}
    allowed = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    assert {f"!{name}" for name in names} <= allowed
    assert [name for name in names if not (ROOT / name).exists()] == []


UNDER = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}


def install(tmp_path: Path, *words: str) -> list[str]:
    """What the script would do, under a folder of its own."""
    environment = {**UNDER, "DESTDIR": str(tmp_path)}
    return runs("/bin/sh", DEPLOY / "install.sh", "--dry-run", *words, env=environment).splitlines()


def place(steps: list[str], word: str) -> int:
    return next(at for at, step in enumerate(steps) if word in step)


def test_the_installer_sets_up_once_and_then_upgrades(tmp_path: Path) -> None:
    first = install(tmp_path, "--address", "https://tambour.exemple")
    assert place(first, "--require-hashes") < place(first, "--no-deps") < place(first, "tambour-web.service")
    assert first[place(first, " setup ")].endswith("/bin/tambour setup --address https://tambour.exemple")
    data = tmp_path / "var/lib/tambour"
    data.mkdir(parents=True)
    (data / "settings.env").touch()
    halfway = install(tmp_path)
    assert place(halfway, "bin/tambour setup") < place(halfway, "mv -T"), "settings alone are no installation"
    releases = tmp_path / "opt/tambour/releases"
    for name in ("20260101", "20260102", "20260103", "20260104"):
        (releases / name).mkdir(parents=True)
    (releases.parent / "current").symlink_to(releases / "20260104")
    again = install(tmp_path)
    order = [place(again, word) for word in ("current/bin/tambour backup", "bin/tambour migrate", "mv -T")]
    assert order == sorted(order), "a backup by the program of before, the schema, then the new program"
    assert not any(" setup " in step for step in again)
    assert [step for step in again if step.startswith("rm")] == [f"rm -rf {releases / '20260101'}"], (
        "the last three stay"
    )


def test_what_an_installation_cut_short_had_built_is_taken_away(tmp_path: Path) -> None:
    """Among the releases it would pass for one to go back to."""
    bare = tmp_path / "bin"
    bare.mkdir()
    (bare / "python3").write_text('#!/bin/sh\n[ "$2" != venv ] || { mkdir -p "$3"; exit 3; }\n', encoding="utf-8")
    (bare / "python3").chmod(0o755)
    environment = {"PATH": f"{bare}:{UNDER['PATH']}", "DESTDIR": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(["/bin/sh", DEPLOY / "install.sh"], check=False, capture_output=True, env=environment)
    assert done.returncode == 3, done.stderr
    assert list((tmp_path / "opt/tambour/releases").iterdir()) == []
    assert not (tmp_path / "opt/tambour/current").exists()


def test_what_one_that_was_killed_had_begun_goes_with_the_next(tmp_path: Path) -> None:
    """It could not tidy, and each release is 300 MB."""
    releases = tmp_path / "opt/tambour/releases"
    for name in ("20260101", "20260102"):
        (releases / name).mkdir(parents=True)
    (releases.parent / "current").symlink_to(releases / "20260101")
    (releases.parent / "next").symlink_to(releases / "20260102")
    steps = install(tmp_path)
    assert place(steps, f"rm -rf {releases / '20260102'}") < place(steps, "ln -sfn") < place(steps, "venv")
    (releases.parent / "current").unlink()
    (releases.parent / "current").symlink_to(releases / "20260102")
    assert not [step for step in install(tmp_path) if step.startswith("rm")], "somebody went to it by hand"


def test_two_installations_at_once_do_not_cross(tmp_path: Path) -> None:
    (tmp_path / "opt/tambour").mkdir(parents=True)
    with (tmp_path / "opt/tambour/.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        environment = {**UNDER, "DESTDIR": str(tmp_path)}
        done = subprocess.run(
            ["/bin/sh", DEPLOY / "install.sh"], check=False, capture_output=True, text=True, env=environment
        )
    assert (done.returncode, "une autre installation est en cours" in done.stderr) == (1, True)
    assert list((tmp_path / "opt/tambour/releases").iterdir()) == []


def test_the_command_of_an_operator_without_rights_says_how_to_have_them(tmp_path: Path) -> None:
    words = (DEPLOY / "install.sh").read_text(encoding="utf-8").partition("<<'WRAPPER'\n")[2].partition("WRAPPER\n")[0]
    (tmp_path / "id").write_text('#!/bin/sh\n[ "$1" = -un ] && echo odile || echo 1000\n', encoding="utf-8")
    (tmp_path / "id").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-s", "doctor"], input=words, check=False, capture_output=True, text=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, "sudo tambour" in done.stderr) == (2, True)


def test_the_installer_is_a_shell_script_without_a_fault() -> None:
    runs("/bin/sh", "-n", DEPLOY / "install.sh")
    runs(tool("shellcheck"), "--shell=sh", DEPLOY / "install.sh")
