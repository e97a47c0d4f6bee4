from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.model.instances import Fit, instance_type, tasks_per_instance


def fit(name: str, **task: Any) -> Fit:
    return tasks_per_instance(instance_type(name), **({"cpu": 512, "memory_mib": 2048} | task))


def test_network_interfaces_are_the_limit_in_awsvpc_mode() -> None:
    found = fit("m5.large")

    assert found.tasks == 2
    assert [limit.resource for limit in found.limiting] == ["network interfaces"]
    assert found.explanation == (
        "cpu: 2048 units / 512 = 4; memory: 7680 MiB / 2048 = 3; network interfaces: 3 - 1 for the instance = 2 → "
        "2 tasks (network interfaces are the limit; 10 with ENI trunking)"
    )


def test_eni_trunking_moves_the_limit() -> None:
    found = fit("m5.large", eni_trunking=True)

    assert found.tasks == 3
    assert found.explanation.endswith("network interfaces: 10 with ENI trunking → 3 tasks (memory is the limit)")


def test_trunking_does_nothing_for_a_type_without_it() -> None:
    found = fit("t3.large", eni_trunking=True)

    assert found.tasks == 2
    assert "ENI trunking is not known for t3.large" in found.explanation


def test_no_trunking_is_promised_for_a_type_without_it() -> None:
    assert "trunking" not in fit("t3.large").explanation


@pytest.mark.parametrize("mode", ["bridge", "host"])
def test_other_modes_need_no_interface(mode: str) -> None:
    found = fit("m5.large", network_mode=mode)

    assert found.tasks == 3
    assert found.explanation == "cpu: 2048 units / 512 = 4; memory: 7680 MiB / 2048 = 3 → 3 tasks (memory is the limit)"


def test_a_static_host_port_is_there_once() -> None:
    found = fit("m5.large", network_mode="bridge", host_ports=[8080])

    assert found.tasks == 1
    assert found.explanation.endswith("host ports: 8080 once on an instance = 1 → 1 task (host ports are the limit)")


def test_dynamic_ports_do_not_run_out() -> None:
    assert fit("m5.large", network_mode="bridge", host_ports=[0, 0]).tasks == 3


def test_reserved_ports_are_never_free() -> None:
    found = fit("m5.large", network_mode="host", host_ports=[22, 8080])

    assert not found.holds_a_task
    assert "host ports: 22 reserved on every instance = 0 → no task (host ports are the limit)" in found.explanation


def test_host_ports_do_not_count_in_awsvpc_mode() -> None:
    assert fit("m5.large", host_ports=[22]).tasks == 2


def test_a_task_that_is_too_large() -> None:
    found = fit("m5.large", cpu=4096, memory_mib=8192)

    assert found.tasks == 0
    assert not found.holds_a_task
    assert found.explanation.endswith("→ no task (cpu and memory are the limit)")


def test_advertised_memory_cannot_be_asked_for_in_full() -> None:
    known = instance_type("m5.large")

    assert not tasks_per_instance(known, cpu=1024, memory_mib=known.memory_mib).holds_a_task


def test_gpus() -> None:
    assert fit("g5.12xlarge", gpus=2, eni_trunking=True).tasks == 2
    assert (
        "gpus: 4 / 2 = 2 → 2 tasks (gpus are the limit)" in fit("g5.12xlarge", gpus=2, network_mode="host").explanation
    )
    assert not fit("m5.large", gpus=1).holds_a_task


def test_tasks_share_neuron_devices() -> None:
    assert fit("inf2.24xlarge", cpu=1024, neuron_devices=6, network_mode="host").tasks == 96
    too_few = fit("inf2.xlarge", neuron_devices=2)
    assert not too_few.holds_a_task
    assert "neuron devices: 1, fewer than 2" in too_few.explanation


def test_memory_that_the_agent_keeps_for_the_system() -> None:
    assert "memory: 5632 MiB / 2048 = 2" in fit("m5.large", reserved_memory_mib=2048).explanation
    assert fit("t3.nano", reserved_memory_mib=4096, memory_mib=4).tasks == 0


def test_a_task_that_asks_for_nothing() -> None:
    found = fit("m5.large", cpu=0, memory_mib=0, network_mode="bridge")

    assert found.tasks is None
    assert found.holds_a_task
    assert found.explanation == "the tasks request no limited resource"
