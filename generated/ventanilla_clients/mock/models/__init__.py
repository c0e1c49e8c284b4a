"""The models, each loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .attempt import Attempt
    from .beginning import Beginning
    from .calls import Calls
    from .chosen_scenarios import ChosenScenarios
    from .clock import Clock
    from .clock_advance import ClockAdvance
    from .clock_change import ClockChange
    from .clock_start import ClockStart
    from .count import Count
    from .coverage import Coverage
    from .deletion import Deletion
    from .delivery import Delivery
    from .deviation_report import DeviationReport
    from .effect import Effect
    from .error import Error
    from .event import Event
    from .event_made import EventMade
    from .event_options import EventOptions
    from .event_receiver import EventReceiver
    from .exchange import Exchange
    from .exchange_request import ExchangeRequest
    from .exchange_response import ExchangeResponse
    from .fault import Fault
    from .header import Header
    from .headers import Headers
    from .health import Health
    from .http_archive import HttpArchive
    from .ipn_receiver import IpnReceiver
    from .ipn_setting import IpnSetting
    from .lifecycle import Lifecycle
    from .lifecycle_change import LifecycleChange
    from .lifecycle_change_mode import LifecycleChangeMode
    from .lifecycles import Lifecycles
    from .lifecycles_change import LifecyclesChange
    from .list_deliveries_profile import ListDeliveriesProfile
    from .list_deliveries_state import ListDeliveriesState
    from .namespace import Namespace
    from .new_effect import NewEffect
    from .new_effect_kind import NewEffectKind
    from .new_event import NewEvent
    from .new_fault import NewFault
    from .new_fault_profile import NewFaultProfile
    from .new_fault_when import NewFaultWhen
    from .new_snapshot import NewSnapshot
    from .new_webhook import NewWebhook
    from .new_webhook_events_item import NewWebhookEventsItem
    from .new_webhook_profile import NewWebhookProfile
    from .open_api_document import OpenApiDocument
    from .process import Process
    from .process_step import ProcessStep
    from .replay import Replay
    from .scenario import Scenario
    from .scenario_choice import ScenarioChoice
    from .scenario_names import ScenarioNames
    from .scenarios import Scenarios
    from .settings import Settings
    from .settings_change import SettingsChange
    from .snapshot import Snapshot
    from .triggered_event import TriggeredEvent
    from .version import Version
    from .webhook import Webhook

else:  # To a type checker this would have every name, and a model that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Kept, so that this is asked once for each.
        value = globals()[name] = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
        return value


__all__ = (
    "Attempt",
    "Beginning",
    "Calls",
    "ChosenScenarios",
    "Clock",
    "ClockAdvance",
    "ClockChange",
    "ClockStart",
    "Count",
    "Coverage",
    "Deletion",
    "Delivery",
    "DeviationReport",
    "Effect",
    "Error",
    "Event",
    "EventMade",
    "EventOptions",
    "EventReceiver",
    "Exchange",
    "ExchangeRequest",
    "ExchangeResponse",
    "Fault",
    "Header",
    "Headers",
    "Health",
    "HttpArchive",
    "IpnReceiver",
    "IpnSetting",
    "Lifecycle",
    "LifecycleChange",
    "LifecycleChangeMode",
    "Lifecycles",
    "LifecyclesChange",
    "ListDeliveriesProfile",
    "ListDeliveriesState",
    "Namespace",
    "NewEffect",
    "NewEffectKind",
    "NewEvent",
    "NewFault",
    "NewFaultProfile",
    "NewFaultWhen",
    "NewSnapshot",
    "NewWebhook",
    "NewWebhookEventsItem",
    "NewWebhookProfile",
    "OpenApiDocument",
    "Process",
    "ProcessStep",
    "Replay",
    "Scenario",
    "ScenarioChoice",
    "ScenarioNames",
    "Scenarios",
    "Settings",
    "SettingsChange",
    "Snapshot",
    "TriggeredEvent",
    "Version",
    "Webhook",
)

_MODULES = {
    "Attempt": "attempt",
    "Beginning": "beginning",
    "Calls": "calls",
    "ChosenScenarios": "chosen_scenarios",
    "Clock": "clock",
    "ClockAdvance": "clock_advance",
    "ClockChange": "clock_change",
    "ClockStart": "clock_start",
    "Count": "count",
    "Coverage": "coverage",
    "Deletion": "deletion",
    "Delivery": "delivery",
    "DeviationReport": "deviation_report",
    "Effect": "effect",
    "Error": "error",
    "Event": "event",
    "EventMade": "event_made",
    "EventOptions": "event_options",
    "EventReceiver": "event_receiver",
    "Exchange": "exchange",
    "ExchangeRequest": "exchange_request",
    "ExchangeResponse": "exchange_response",
    "Fault": "fault",
    "Header": "header",
    "Headers": "headers",
    "Health": "health",
    "HttpArchive": "http_archive",
    "IpnReceiver": "ipn_receiver",
    "IpnSetting": "ipn_setting",
    "Lifecycle": "lifecycle",
    "LifecycleChange": "lifecycle_change",
    "LifecycleChangeMode": "lifecycle_change_mode",
    "Lifecycles": "lifecycles",
    "LifecyclesChange": "lifecycles_change",
    "ListDeliveriesProfile": "list_deliveries_profile",
    "ListDeliveriesState": "list_deliveries_state",
    "Namespace": "namespace",
    "NewEffect": "new_effect",
    "NewEffectKind": "new_effect_kind",
    "NewEvent": "new_event",
    "NewFault": "new_fault",
    "NewFaultProfile": "new_fault_profile",
    "NewFaultWhen": "new_fault_when",
    "NewSnapshot": "new_snapshot",
    "NewWebhook": "new_webhook",
    "NewWebhookEventsItem": "new_webhook_events_item",
    "NewWebhookProfile": "new_webhook_profile",
    "OpenApiDocument": "open_api_document",
    "Process": "process",
    "ProcessStep": "process_step",
    "Replay": "replay",
    "Scenario": "scenario",
    "ScenarioChoice": "scenario_choice",
    "ScenarioNames": "scenario_names",
    "Scenarios": "scenarios",
    "Settings": "settings",
    "SettingsChange": "settings_change",
    "Snapshot": "snapshot",
    "TriggeredEvent": "triggered_event",
    "Version": "version",
    "Webhook": "webhook",
}
