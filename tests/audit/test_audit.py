"""`make audit` finds what it is there for: each of its tools, called as it calls them, fails on a fault planted in a copy."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.audit.accepted_secrets import ACCEPTED
from tests.gateway import ROOT

PINNED = "actions/checkout@" + "de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
ENVIRONMENTS = (".venv", ".venv-sam", ".venv-audit", ".venv-checkov")
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def files():
    """Return the paths of what is committed, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [path for path in listed.stdout.decode().split("\0") if path and (ROOT / path).is_file()]


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory):
    copy = tmp_path_factory.mktemp("project")
    for path in files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy / path)
    for environment in ENVIRONMENTS:
        (copy / environment).symlink_to(ROOT / environment)
    subprocess.run(["git", "init", "--quiet"], cwd=copy, env=os.environ | GIT, check=True)
    return copy


@pytest.fixture
def planted(clean_copy):
    """Return a function that adds text to a file of the copy, or replaces some in it; it is as before afterwards."""
    before = {}

    def plant(path, text, instead_of=None):
        file = clean_copy / path
        before[file] = file.read_bytes() if file.exists() else None
        content = (before[file] or b"").decode()
        if instead_of is None:
            content += text
        else:
            assert instead_of in content
            content = content.replace(instead_of, text, 1)
        file.write_text(content, encoding="utf-8")

    yield plant
    for file, content in before.items():
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)


def audit(copy, target):
    """Run a part of `make audit` in a copy of the project; the environments are taken as they are."""
    subprocess.run(["git", "add", "--all", "."], cwd=copy, env=os.environ | GIT, check=True)
    old = [option for name in ENVIRONMENTS for option in ("-o", f"{name}/installed")]
    return subprocess.run(
        ["make", *old, target], cwd=copy, check=False, capture_output=True, text=True, env=clean_env()
    )


def clean_env():
    """Return the environment without what a make above this one, or a pytest, has put into it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTEST"))}


def test_what_is_committed_passes(clean_copy):
    for target in ("audit-code", "audit-secrets", "audit-template", "audit-workflows"):
        found = audit(clean_copy, target)
        assert 0 == found.returncode, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("target", "path", "fault", "instead_of", "told"),
    [
        pytest.param(
            "audit-code",
            "shared/event_management/limits.py",
            "\n\ndef weak(text: bytes) -> str:\n"
            '    """Weak."""\n    import hashlib  # noqa: PLC0415\n\n    return hashlib.md5(text).hexdigest()\n',
            None,
            "S324",
            id="ruff: a broken hash",
        ),
        pytest.param(
            "audit-code",
            "operations/export.py",
            "\n\nimport subprocess  # noqa: E402\n\nsubprocess.call('ls ' + __name__, shell=True)  # noqa: S602 - planted\n",
            None,
            "B602",
            id="bandit: a shell, where ruff was told to look away",
        ),
        pytest.param(
            "audit-secrets",
            "docs/operations/on-sale.md",
            "\n    export AWS_ACCESS_KEY_ID=AKIA" + "QYLPMN5HHHFPZAM2\n",
            None,
            "AWS Access Key",
            id="detect-secrets: the id of a key of AWS in the docs",
        ),
        pytest.param(
            "audit-secrets",
            "local/users.py",
            '\nADMIN_PASSWORD = "correct-horse' + '-battery-staple"\n',
            None,
            "Secret Keyword",
            id="detect-secrets: a password in code",
        ),
        pytest.param(
            "audit-secrets",
            "notes.txt",
            "-----BEGIN RSA " + "PRIVATE KEY-----\n",
            None,
            "Private Key",
            id="detect-secrets: a private key in a new file",
        ),
        pytest.param(
            "audit-template",
            "template.yaml",
            "  Bucket:\n    Type: AWS::S3::Bucket\n\n  # Items, keys and access patterns",
            "  # Items, keys and access patterns",
            "CKV_AWS_",
            id="checkov: a bucket that anybody may be let into",
        ),
        pytest.param(
            "audit-template",
            "template.yaml",
            "PointInTimeRecoveryEnabled: false",
            "PointInTimeRecoveryEnabled: true",
            "CKV_AWS_28",
            id="checkov: no recovery",
        ),
        pytest.param(
            "audit-template",
            "template.yaml",
            "Timeout: 9000",
            "Timeout: 900",
            "E3034",
            id="cfn-lint: a limit that AWS does not have",
        ),
        pytest.param(
            "audit-workflows",
            ".github/workflows/ci.yml",
            "actions/checkout@v6",
            PINNED,
            "unpinned-uses",
            id="zizmor: an action that can change under its name",
        ),
        pytest.param(
            "audit-workflows",
            ".github/workflows/ci.yml",
            "      - run: echo ${{ github.event.pull_request.title }}\n      - run: make check\n",
            "      - run: make check\n",
            "template-injection",
            id="zizmor: a stranger's words in a shell",
        ),
    ],
)
def test_a_fault_is_found(clean_copy, planted, target, path, fault, instead_of, told):
    planted(path, fault, instead_of)

    found = audit(clean_copy, target)

    assert 0 != found.returncode
    assert told in found.stdout + found.stderr


# --- What was found and accepted ------------------------------------------------------------------------------------------


def accepted_checks():
    return re.findall(r"^  - (CKV\w+)(.*)$", (ROOT / ".checkov.yaml").read_text(encoding="utf-8"), re.MULTILINE)


def test_each_check_of_the_template_that_is_passed_over_would_find_something(clean_copy, planted):
    passed_over = "".join(f"  - {check}{reason}\n" for check, reason in accepted_checks())
    planted(".checkov.yaml", "", f"skip-check:\n{passed_over}")

    found = audit(clean_copy, "audit-template")

    assert {check for check, _ in accepted_checks()} == set(re.findall(r"Check: (CKV\w+):", found.stdout))


def test_each_secret_that_is_accepted_is_there(clean_copy, planted):
    planted(
        "tests/audit/accepted_secrets.py",
        "return False",
        "return any(re.fullmatch(pattern, secret) for pattern in ACCEPTED)",
    )

    found = audit(clean_copy, "audit-secrets")

    reported = [
        (clean_copy / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        for path, line in set(re.findall(r"Location: +(\S+):(\d+)", found.stdout))
    ]
    assert [] == [pattern for pattern in ACCEPTED if not any(re.search(pattern, line) for line in reported)]


def test_every_finding_that_is_accepted_has_its_reason_beside_it():
    for check, reason in accepted_checks():
        assert re.fullmatch(r" # \S.{20,}", reason), check
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    passed_over = [
        *tomllib.loads(settings)["tool"]["bandit"]["skips"],
        *(rule for rule in tomllib.loads(settings)["tool"]["ruff"]["lint"]["ignore"]),
    ]
    for rule in passed_over:
        assert re.search(rf'^    "{rule}", +# \S.{{10,}}$', settings, re.MULTILINE), rule
    for paths in tomllib.loads(settings)["tool"]["ruff"]["lint"]["per-file-ignores"]:
        assert re.search(
            rf'^"{re.escape(paths)}" = (\[\n(    "\w+", +# .+\n)+\]|\[.+\] # .+)$', settings, re.MULTILINE
        ), paths
    for path in files():
        if path.endswith(".py"):
            for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
                marked = re.search(r"# (noqa: S\d+|nosec)(.*)$", line)
                assert not marked or re.search(r" [-#] \S.{5,}", marked[2]), f"{path}: {line}"
