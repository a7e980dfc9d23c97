"""What a rule is given: one mapping of annotations or labels in an object, and what is known around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.kubernetes.locations import Location, Role
from autofix.kubernetes.pointer import Path
from autofix.linkerd.injection import INJECT, NO_TRAITS, PodTraits, breaking_keys
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import (
    NO_ANNOTATIONS,
    Annotations,
    InjectorAnswer,
    Level,
    NativeKey,
    Standing,
    injector_answer,
    intent_of,
    is_wait,
    native_keys_of_namespace,
    native_keys_of_pod,
)
from autofix.linkerd.release import Release, wait_before_exit_key
from autofix.rules.finding import Fix
from autofix.rules.options import Options

# Where Linkerd reads annotations, and where the API server keeps them as annotations at all.
READ: Final = (Role.POD, Role.NAMESPACE)
KEPT: Final = (*READ, Role.WORKLOAD, Role.OTHER)
# The same, and labels: whoever's keys they are, the API server accepts only strings.
LABELLED: Final = (*KEPT, Role.LABELS, Role.OTHER_LABELS)

# What stands in each mapping of annotations or labels, by the mapping's path.
Maps = Mapping[Path, Annotations]
# What counts in the spec of the pods that run to completion, by the path of their annotations.
Traits = Mapping[Path, PodTraits]
NO_PODS: Final[Traits] = MappingProxyType({})


class Door(Enum):
    """Where an object comes in; each rule says at which doors it is heard."""

    LIBRARY = "a call of the library"
    COMMAND_LINE = "files, by a command"
    CLUSTER = "a live cluster, by `autofix scan`"
    WEBHOOK_POD = "the webhook, with a Pod"
    WEBHOOK_WORKLOAD = "the webhook, with a Namespace or a built-in workload"
    WEBHOOK_CUSTOM_RESOURCE = "the webhook, with a custom resource"


# In a custom resource the webhook touches only what its operator could not read: a boolean without quotes.
WEBHOOK_BUILT_IN: Final = (Door.WEBHOOK_POD, Door.WEBHOOK_WORKLOAD)
WEBHOOK: Final = (*WEBHOOK_BUILT_IN, Door.WEBHOOK_CUSTOM_RESOURCE)
# Of a rule that says nothing about doors: the webhook is not among them, for it changes what users create.
USUAL: Final = (Door.LIBRARY, Door.COMMAND_LINE, Door.CLUSTER)
EVERYWHERE: Final = (*USUAL, *WEBHOOK)


class Dependent(NamedTuple):
    """Pods in a Namespace that are alike to the injector.

    Attributes:
        name: kind and name of the first object that has or makes them.
        objects: how many objects have or make them.
        annotations: what counts of their annotations.
    """

    name: str
    objects: int
    annotations: Annotations


class Context(NamedTuple):
    """What is known around an object.

    Attributes:
        options: what is known of the cluster, and what the caller asks for.
        namespace: annotations of the Namespace the object lives in.
        inherit: True when the Namespace itself is not going to be fixed, so that its intent has to be
            written on the pod.
        dependents: the pods known to live in the Namespace that is looked at, as far as they get a proxy.
        is_own_kind: whether the object is surely of one of Kubernetes' own kinds.
        injected: False if it is known that the object's pods get no proxy.
    """

    options: Options
    namespace: Annotations = NO_ANNOTATIONS
    inherit: bool = False
    dependents: tuple[Dependent, ...] = ()
    is_own_kind: bool = True
    injected: bool = True


class Place(NamedTuple):
    """One mapping of annotations or labels, as a rule sees it.

    Attributes:
        location: what it is and where it stands.
        entries: its keys and values, as far as some rule is interested in the key; where a rule reads every
            domain also the values that are no plain strings.
        home: keys and values of the annotations its keys are meant for.
        context: what is known around it.
        native: native-sidecar-like keys of the annotations at home, with their standing.
        live: the one of them that Linkerd obeys, or would if it could parse its value.
        inherited: the Namespace's key whose intent does not reach this pod, None when there is none.
        intent: what the author of the keys means, None when that is not clear.
        traits: what counts in the spec of pods that run to completion; those of an empty spec for all others.
    """

    location: Location
    entries: Annotations
    home: Annotations
    context: Context
    native: tuple[NativeKey, ...] = ()
    live: NativeKey | None = None
    inherited: NativeKey | None = None
    intent: bool | None = None
    traits: PodTraits = NO_TRAITS

    @property
    def level(self) -> Level:
        """The level its keys are meant for."""
        return self.location.level

    @property
    def is_read(self) -> bool:
        """Whether Linkerd reads annotations here at all."""
        return self.location.role in READ

    @property
    def changes_every_domain(self) -> bool:
        """Whether a fix may also change keys outside Linkerd's domain."""
        return self.context.is_own_kind and self.context.options.changes_every_domain

    @property
    def release(self) -> Release:
        """The Linkerd release."""
        return self.context.options.release


class Repair(NamedTuple):
    """A fix about to be made, for a gate to judge.

    Attributes:
        place: where the finding stands.
        fix: the fix.
        before: Linkerd's answers today, as ``injector_answers`` gives them.
        after: Linkerd's answers on the patched object, in the same order.
    """

    place: Place
    fix: Fix
    before: tuple[InjectorAnswer, ...]
    after: tuple[InjectorAnswer, ...]


def injector_answers(level: Level, annotations: Annotations, context: Context) -> tuple[InjectorAnswer, ...]:
    """Ask the injector's model about a pod, or about the pods of a Namespace.

    Args:
        level: whether ``annotations`` are a pod's or a Namespace's.
        annotations: the annotations, before or after a fix.
        context: the rest that the injector sees.

    Returns:
        One answer for every era of the release and each of Helm's defaults that may be in force
        (``Options.any_default``); for a Namespace first those of a pod without annotations, then those of
        each pod known to live there.
    """
    options = context.options
    dependents = [dependent.annotations for dependent in context.dependents]
    pods = (annotations,) if level == "pod" else (NO_ANNOTATIONS, *dependents)
    namespace = context.namespace if level == "pod" else annotations
    return tuple(
        [
            injector_answer(pod, namespace, era, default, options.wait_before_exit)
            for pod in pods
            for era in options.release.eras
            for default in _defaults(options)
        ]
    )


def answers_for_one_pod(options: Options) -> int:
    """Count the answers of ``injector_answers`` about a single pod."""
    return len(options.release.eras) * len(_defaults(options))


def _defaults(options: Options) -> tuple[bool | None, ...]:
    return (False, True) if options.any_default else (options.default,)


def with_todays_default(context: Context) -> Context:
    """Return a context in which only the default counts that is known to be in force."""
    return context._replace(options=context.options._replace(any_default=False))


def places_in(
    locations: tuple[Location, ...], maps: Maps, context: Context, traits: Traits = NO_PODS
) -> list[Place]:
    """List the places of an object of which a rule may have something to say.

    Args:
        locations: the locations of its annotations and labels.
        maps: what stands there, as far as some rule is interested in it.
        context: what is known around the object.
        traits: what counts in the spec of the pods, where they run to completion.
    """
    places = [
        _place(location, maps, _with_waits(location, maps, context))
        for location in locations
        if maps[location.path]
        or may_inherit(location, context)
        or (location.path in traits and INJECT in context.namespace)
    ]
    return [_with_traits(place, maps, traits) for place in places] if traits else places


def _with_traits(place: Place, maps: Maps, traits: Traits) -> Place:
    """Add what counts in the spec of the pods, unless they get a native-sidecar key from elsewhere, too."""
    location = place.location
    if location.path not in traits or any(map(is_native_like, _keys_beside(location, maps))):
        return place
    return place._replace(traits=traits[location.path])


def _keys_beside(location: Location, maps: Maps) -> Iterator[str]:
    for path in location.beside:
        if path != location.path:
            yield from maps.get(path, NO_ANNOTATIONS)


def _with_waits(location: Location, maps: Maps, context: Context) -> Context:
    """Let a wait before exit count that the same pods get from another place in their object."""
    if not location.beside:
        return context
    key = wait_before_exit_key()
    others = [maps.get(path, NO_ANNOTATIONS) for path in location.beside if path != location.path]
    waits = [entries[key] for entries in others if key in entries]
    if not waits:
        return context
    return context._replace(namespace={**context.namespace, key: max(waits, key=is_wait)})


def may_inherit(location: Location, context: Context) -> bool:
    """Tell whether what a Namespace means may have to be written at a location."""
    if not context.inherit or location.role is not Role.POD:
        return False
    namespace = context.namespace
    return any(map(is_native_like, namespace)) or any(
        breaking_keys(NO_ANNOTATIONS, namespace, context.options.release)
    )


def _place(location: Location, maps: Maps, context: Context) -> Place:
    entries = maps[location.path]
    home = maps.get(location.home, NO_ANNOTATIONS) if location.home else NO_ANNOTATIONS
    release = context.options.release
    if location.level == "namespace":
        native = native_keys_of_namespace(home, release)
    else:
        native = native_keys_of_pod(home, context.namespace, release)
    if native or not may_inherit(location, context):
        live = next((key for key in native if key.standing is Standing.LIVE), None)
        return Place(location, entries, home, context, native, live, None, intent_of(native))
    keys = native_keys_of_namespace(context.namespace, release)
    intent = intent_of(keys)
    inherited = _unreached(keys, intent, context.options.unread, injector_answers("pod", home, context))
    return Place(location, entries, home, context, (), None, inherited, intent if inherited else None)


def _unreached(
    keys: tuple[NativeKey, ...],
    intent: bool | None,
    unread: tuple[Standing, ...],
    answers: tuple[InjectorAnswer, ...],
) -> NativeKey | None:
    """Return the Namespace's key whose intent the injector does not follow for a pod without keys."""
    if intent is None or all(answer.native == intent for answer in answers):
        return None
    for key in keys:
        unparsed = key.standing is Standing.LIVE and key.parsed is None
        if key.intent == intent and (key.standing in unread or unparsed):
            return key
    return None
