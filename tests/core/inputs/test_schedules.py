"""Schedules as AWS writes them."""

from datetime import UTC, datetime

import pytest

from cdk_containers.core.inputs.schedules import is_over, schedule_examples, schedule_problem, time_zone_problem

TOKEN = "${Token[Shop.Schedule.12]}"  # noqa: S105  (CDK's own marker)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 8 ? * MON-FRI *)",
        "cron(0/15 * * * ? *)",
        "cron(*/10 0-6,18-23 1,15 JAN,MAR-jun ? 2027-2030)",
        "cron(0 0 L * ? *)",
        "cron(0 0 3W * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * FRIL *)",
        "cron(0 0 ? * 3#2 *)",
        "cron(59 23 31 12 ? 2199)",
        "rate(1 minute)",
        "rate(1 hour)",
        "rate(2 days)",
        "at(2027-01-31T08:00:00)",
        "at(2028-02-29T23:59:59)",
        TOKEN,
        f"cron({TOKEN} 8 ? * * *)",
    ],
)
def test_a_schedule_that_aws_takes_has_no_problem(expression: str):
    assert schedule_problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("", "not one of cron(…), rate(…), at(…)"),
        ("every day", "not one of"),
        ("0 8 * * 1-5", "not inside cron(…)"),
        ("0 8 ? * MON *", "not inside cron(…)"),
        ("cron(0 8 * * 1-5)", "five fields, as in a crontab"),
        ("cron()", "0 fields"),
        ("cron(0 0 8 ? * MON *)", "7 fields"),
        ("cron(60 8 * * ? *)", "minutes 60: not within 0-59"),
        ("cron(-1 8 * * ? *)", "minutes -1"),
        ("cron(0 24 * * ? *)", "hours 24: not within 0-23"),
        ("cron(0 8 0 * ? *)", "day of month 0: not within 1-31"),
        ("cron(0 8 32W * ? *)", "day of month 32W"),
        ("cron(0 8 * 13 ? *)", "month 13: not within 1-12, or JAN-DEC"),
        ("cron(0 8 * MAI ? *)", "month MAI"),
        ("cron(0 8 ? * 0 *)", "day of week 0: not within 1-7, or SUN-SAT"),
        ("cron(0 8 ? * 8L *)", "day of week 8L"),
        ("cron(0 8 ? * MON#6 *)", "day of week MON#6"),
        ("cron(0 8 ? * 3#1,6#3 *)", "# allows only one day"),
        ("cron(0 8 ? * MON/2 *)", "day of week MON/2"),
        ("cron(0 8 * * ? 1969)", "year 1969: not within 1970-2199"),
        ("cron(? 8 * * ? *)", "not for minutes"),
        ("cron(0 8 * * * *)", "one of day of month and day of week"),
        ("cron(0 8 ? * ? *)", "one of day of month and day of week"),
        ("cron(0 8 1 * MON *)", "one of day of month and day of week"),
        ("cron(0/0 8 * * ? *)", "minutes 0/0"),
        ("cron(0/x 8 * * ? *)", "minutes 0/X"),
        ("cron(1-2-3 8 * * ? *)", "minutes 1-2-3"),
        ("cron(1,,2 8 * * ? *)", "minutes 1,,2"),
        ("cron(² 8 * * ? *)", "minutes ²"),
        ("rate(5)", "a rate is a whole number"),
        ("rate(0 minutes)", "a rate is a whole number"),
        ("rate(1.5 hours)", "a rate is a whole number"),
        ("rate(10 seconds)", "a rate is a whole number"),
        ("rate(1 minutes)", "AWS accepts only 1 minute"),
        ("rate(5 minute)", "AWS accepts only 5 minutes"),
        ("at(2027-01-31)", "the time must have the form"),
        ("at(2027-01-31T08:00:00Z)", "the time must have the form"),
        ("at(2027-02-29T08:00:00)", "this date or time does not exist"),
        ("at(2027-01-31T24:01:00)", "this date or time does not exist"),
    ],
)
def test_a_schedule_that_aws_refuses_says_why(expression: str, what: str):
    assert what in (schedule_problem(expression) or "")


def test_a_form_may_be_impossible():
    assert schedule_problem("rate(5 minutes)", allowed=("cron", "at")) == "rate(…) is not supported here"
    assert schedule_problem("rate(5 minutes)", allowed=("cron", "rate")) is None


def test_what_would_be_right_is_shown_for_what_is_allowed():
    assert schedule_examples(("at",)) == "at(2027-01-31T08:00:00)"
    assert "cron(" in schedule_examples()


@pytest.mark.parametrize("name", ["Europe/Berlin", "Etc/UTC", "UTC", TOKEN])
def test_a_time_zone_that_is_there_has_no_problem(name: str):
    assert time_zone_problem(name) is None


@pytest.mark.parametrize("name", ["Europe/Bern-Lyon", "Berlin", "", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_is_not_there_is_a_problem(name: str):
    assert time_zone_problem(name) == "unknown time zone"


@pytest.mark.parametrize(
    ("schedule", "over"),
    [
        ("at(2020-01-01T00:00:00)", True),
        ("at(2026-06-15T11:59:59)", True),
        ("at(2026-06-15T12:00:01)", False),
        ("cron(0 8 1 1 ? 2020)", True),
        ("cron(0 8 1 1 ? 2019-2025)", True),
        ("cron(0 8 1 1 ? 2025,2026)", False),
        ("cron(0 8 1 1 ? *)", False),
        ("cron(0 8 1 1 ? 2020/1)", False),
        ("rate(5 minutes)", False),
        ("${Token[TOKEN.1]}", False),
    ],
)
def test_what_never_comes_again(schedule: str, over: bool):  # noqa: FBT001
    assert is_over(schedule, datetime(2026, 6, 15, 12, tzinfo=UTC)) is over
