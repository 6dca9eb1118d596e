"""The developer's tools: what they decide, without running a build."""
import json

import pytest

from tests.support import golden, lookalike
from tests.support.http import frames
from tools import compile_times
from tools.dev import changes, check, ci, docs, test
from tools.dev.suites import Counts, _gtest_cases, _junit_cases


def test_tests_of_a_layer_and_of_its_users_are_chosen():
    chosen = changes.layer_tests(["src/codec/frame/frame.cpp"])
    assert "codec_frame" in chosen and "monitor" in chosen and "sdk" in chosen
    assert "net_http" not in chosen


def test_no_layer_is_chosen_for_documents():
    assert changes.layer_tests(["README.md", "docs/adr/0001-one-entry-point.md"]) == ""


@pytest.mark.parametrize("arguments, suites, keyword", [
    ([], list(test.SUITES), None), (["unit"], ["unit"], None), (["clients", "curl"], ["clients"], "curl"),
    (["some_name"], list(test.SUITES), "some_name")])
def test_arguments_choose_suites_and_a_filter(arguments, suites, keyword):
    assert test.plan(list(arguments)) == (suites, keyword, None)


def test_commits_in_a_row_bring_every_source_before_clang_tidy_once():
    sources = [f"src/{number:03}.cpp" for number in range(100)]
    turns = [ci.tidy_choice(sources + sources[:9], commits=commit)[0] for commit in range(7, 10)]
    assert sorted(sum(turns, [])) == sources
    assert max(map(len, turns)) <= ci.TIDY_MOST
    assert ci.tidy_choice(sources, changed=["b.cpp", "a.cpp", "b.cpp"]) == (["a.cpp", "b.cpp"], "changed")


def test_only_own_sources_are_looked_at():
    database = '"file": "/r/src/a.cpp" "file": "/r/build/debug/made.cpp" "file": "/usr/src/gtest.cc"'
    assert check.own_sources(database, "/r") == ["src/a.cpp"]


def test_findings_are_said_once_and_without_the_rest():
    shown = ["[1/2][7.3s] clang-tidy-19 a.cpp", "42553 warnings generated.", "a.hpp:6:18: error: too long [check]",
             "    6 | text", "a.hpp:6:18: error: too long [check]"]
    assert check.findings(shown) == ["a.hpp:6:18: error: too long [check]"]


def test_headings_are_link_targets_as_the_web_shows_them():
    assert docs.anchor("co_await in a form that `GCC 12` miscompiles!") == "co_await-in-a-form-that-gcc-12-miscompiles"


def test_gtest_reports_are_counted(tmp_path):
    cases = [{"name": "a", "status": "RUN", "result": "COMPLETED"}, {"name": "d", "status": "NOTRUN"},
             {"name": "b", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "x"}]},
             {"name": "c", "status": "RUN", "result": "SKIPPED", "skipped": [{"message": "needs root"}]}]
    report = tmp_path / "unit.json"
    report.write_text(json.dumps({"testsuites": [{"name": "S", "testsuite": cases}]}))
    counts = Counts()
    _gtest_cases(report, counts)
    assert str(counts) == "1 passed, 1 failed, 1 skipped"
    assert counts.failures == ["S.b"] and counts.reasons == [("S.c", "needs root")]


def test_a_program_that_crashed_is_a_failure_even_with_a_report(tmp_path):
    report = tmp_path / "ctest.xml"
    report.write_text('<testsuite><testcase name="p" status="fail"><failure/></testcase>'
                      '<testcase name="q" status="run"/><testcase name="r" status="fail"><failure/></testcase></testsuite>')
    counts = Counts()
    _junit_cases(report, counts, {"p": 0, "q": 0, "r": 2})
    assert (counts.passed, counts.failures) == (0, ["p"])


def test_the_slowest_file_is_told_and_judged(tmp_path, capsys, monkeypatch):
    objects = {"src/a/CMakeFiles/wherry_a.dir/a.cpp.o": 1500, "tests/unit/CMakeFiles/unit_a.dir/a/b_test.cpp.o": 4000,
               "bin/program": 9000}
    rows = [f"0\t{end}\t1\t{target}\tx\n" for target, end in objects.items()]
    (tmp_path / ".ninja_log").write_text("# ninja log v5\n" + "".join(rows))
    monkeypatch.setattr(compile_times, "NAMED", tmp_path / "named")
    compile_times.NAMED.write_text("# none yet\n")
    assert compile_times.main([str(tmp_path), "3"]) == 1
    assert capsys.readouterr().out.splitlines()[0].split() == ["4.00", "s", "tests/unit/a/b_test.cpp", "over", "budget"]
    compile_times.NAMED.write_text("tests/unit/a/b_test.cpp  a table\n")
    assert compile_times.main([str(tmp_path), "3"]) == 0


def test_a_golden_file_survives_reading_and_writing(tmp_path):
    text = ("### one\n# since: 1.55\n> GET /x HTTP/1.1\n< HTTP/1.1 200 OK\n<\n< OK\n< <no newline>\n\n"
            "### two\n> POST /y HTTP/1.1\n> Content-Type: application/json\n>\n> {}\n< HTTP/1.1 404 Not Found\n<\n")
    path = tmp_path / "a.http"
    path.write_text(text)
    exchanges = golden.read(path)
    golden.write(path, exchanges)
    assert path.read_text() == text
    assert exchanges[1].bytes().endswith(b"Content-Length: 2\r\n\r\n{}")


def test_holes_hide_what_varies_and_nothing_else():
    server = {"ApiVersion": "1.55", "MinAPIVersion": "1.24"}
    reply = (b"HTTP/1.1 400 Bad Request\r\nDate: now\r\nApi-Version: 1.55\r\nContent-Length: 9\r\n\r\n"
             b'{"message":"client version 1.56 is too new. Maximum supported API version is 1.55"}\n')
    assert golden.with_holes(reply, server) == [
        "HTTP/1.1 400 Bad Request", "Api-Version: <api>", "Content-Length: <n>", "Date: <time>", "",
        '{"message":"client version 1.56 is too new. Maximum supported API version is <api>"}']


def test_frames_are_taken_apart_and_cut_ones_are_noticed():
    data = b"\1\0\0\0\0\0\0\2hi\2\0\0\0\0\0\0\1!"
    assert frames(data) == [(1, b"hi"), (2, b"!")]
    with pytest.raises(AssertionError):
        frames(data[:-1])


def test_a_lookalike_is_the_same_each_time():
    first = lookalike.image("alpine")
    lookalike.image.cache_clear()
    assert lookalike.image("alpine").id == first.id
    assert lookalike.image("alpine", "arm64").id != first.id
