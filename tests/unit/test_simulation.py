"""The on-sale simulation: its buyer does what the product does, call for call; and its required case on a small scale."""

from functools import partial
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.simulation.experiments import MOST_SENT_AWAY, meets_requirement
from bench.simulation.registering import Answer, Found, Pause, ReadDirectory, ReadPerson, TakeOff, TakeSeat
from bench.simulation.registering import register as simulated_register
from bench.simulation.sale import Sale, run
from event_management import keys
from event_management.addresses import parse_address
from event_management.config import load_config
from event_management.errors import SeatsFullError, TryAgainError
from event_management.models import NewAttendee
from event_management.seats import Directory, SeatFinder
from event_management.signing import SigningKeys
from event_management.store import client, registrations
from event_management.store.attributes import from_attributes, to_attributes
from event_management.store.contention import Tries
from event_management.store.secrets import Secrets
from event_management.terms import Terms

EVENT = "k3v7qzm2ab"
SECONDS_PER_CALL = 0.02

# --- One buyer, twice: once by the product's own code on a scripted DynamoDB, once by the simulation's -----------------


class World:
    """A clock, randomness and DynamoDB's answers, the same for whoever asks the same; notes every step."""

    def __init__(self, answers, listings):
        self.now, self.steps = 0.0, []
        self.answers, self.listings = cycle(answers), cycle(listings)
        self.draws, self.seats = cycle([0.3, 0.9, 0.0, 0.6]), cycle([0, 3, 0])

    def clock(self):
        return self.now

    def choose(self, candidates):
        return candidates[int(next(self.draws) * len(candidates))]

    def uniform(self, low, high):
        return low + next(self.draws) * (high - low)

    def finder(self):
        return SeatFinder(self.clock, self.choose)

    def tries(self, sleep):
        return Tries(sleep, self.clock, self.uniform)

    def do(self, step):
        """Note the step, let its time pass, and return the answer of a simulated one."""
        self.steps.append(step)
        self.now += step.seconds if isinstance(step, Pause) else SECONDS_PER_CALL
        if isinstance(step, TakeSeat):
            return next(self.answers)
        if isinstance(step, ReadDirectory):
            listing = next(self.listings)
            if listing is None:
                return None
            if listing == "busy":
                return Found(None)
            return Found(Directory(listing, 0, 1), {block: next(self.seats) for block in step.blocks})
        return None


class ScriptedDynamoDB:
    """What the product calls, in terms of the simulation's steps."""

    class exceptions:  # noqa: N801 - the client's own attribute
        class TransactionCanceledException(Exception):  # noqa: N818
            def __init__(self, *codes):
                self.response = {"CancellationReasons": list(codes), "ResponseMetadata": {}}

        ConditionalCheckFailedException = type("ConditionalCheckFailedException", (Exception,), {})

    def __init__(self, world):
        self.world = world

    def transact_write_items(self, TransactItems, **_):  # noqa: N803
        put, update = TransactItems
        ((block, _),) = keys.read_blocks(from_attributes(put["Put"]["Item"])).items()
        assert f"EVENT#{EVENT}#SEATS#{block}" == update["Update"]["Key"]["pk"]["S"]
        answer = self.world.do(TakeSeat(block))
        nothing = {"Code": "None"}
        if answer is Answer.NO_SEAT:
            item = to_attributes({"pk": "…", "seats_left": 0, **keys.terms_attributes(Terms(1))})
            raise self.exceptions.TransactionCanceledException(
                nothing, {"Code": "ConditionalCheckFailed", "Item": item}
            )
        if answer is Answer.CONTENTION:
            raise self.exceptions.TransactionCanceledException(nothing, {"Code": "TransactionConflict"})

    def batch_get_item(self, RequestItems):  # noqa: N803
        ((table, request),) = RequestItems.items()
        directory, _, *blocks = (from_attributes(key) for key in request["Keys"])
        numbers = tuple(int(block["pk"].rpartition("#")[2]) for block in blocks)
        found = self.world.do(ReadDirectory(numbers))
        if found is None:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        if found.directory is None:
            return {"Responses": {}, "UnprocessedKeys": {table: {"Keys": request["Keys"][:1]}}}
        directory = {**keys.EXAMPLES["directory"], **directory, "relistings": 0, "attendee_partitions": 1}
        directory |= keys.terms_attributes(Terms(1))
        del directory["open_blocks"], directory["registration_opens"], directory["registration_closes"]
        if found.directory.open_blocks:
            directory["open_blocks"] = found.directory.open_blocks
        blocks = [
            block | {"seats_left": found.seats_left[number]} for block, number in zip(blocks, numbers, strict=True)
        ]
        return {"Responses": {table: [to_attributes(item) for item in (directory, *blocks)]}}

    def get_item(self, **_):
        self.world.do(ReadPerson())
        return {"ConsumedCapacity": {}}

    def update_item(self, ExpressionAttributeValues, **_):  # noqa: N803
        self.world.do(TakeOff(frozenset(from_attributes(ExpressionAttributeValues)[":blocks"])))


def buy_really(world, calls):
    """Register so many people one after another, by the product's code; return what became of each."""
    finder, told = world.finder(), []
    make_tries = partial(world.tries, lambda seconds: world.do(Pause(seconds)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TABLE_NAME", "events")
        load_config.cache_clear()
        patch.setattr(client, "dynamodb", partial(ScriptedDynamoDB, world))
        patch.setattr(client, "Tries", make_tries)
        patch.setattr(registrations, "Tries", make_tries)
        patch.setattr(registrations, "finder_of", lambda _: finder)
        patch.setattr(registrations, "read_secrets", lambda: Secrets(b"k" * 32, SigningKeys({}, 0)))
        for n in range(calls):
            try:
                registrations.register(EVENT, NewAttendee("A", parse_address(f"{n}@example.com")))
                told.append(True)
            except SeatsFullError:
                told.append(False)
            except TryAgainError:
                told.append(None)
    load_config.cache_clear()
    return told


def buy_simulated(world, calls):
    finder, told = world.finder(), []
    for _ in range(calls):
        steps = simulated_register(finder, world.tries)
        answer = None
        try:
            while True:
                answer = world.do(steps.send(answer))
        except StopIteration as end:
            told.append(end.value)
        except TryAgainError:
            told.append(None)
    return told


listings = st.none() | st.just("busy") | st.frozensets(st.integers(0, 20))


@given(
    st.lists(st.sampled_from(Answer), min_size=1, max_size=40),
    st.lists(listings, min_size=1, max_size=8),
    st.integers(1, 12),
)
def test_a_simulated_buyer_takes_the_products_steps(answers, listings, calls):
    real, simulated = World(answers, listings), World(answers, listings)
    assert buy_really(real, calls) == buy_simulated(simulated, calls)
    assert real.steps == simulated.steps


def test_the_comparison_sees_every_kind_of_step():
    answers = [Answer.TAKEN, Answer.CONTENTION, Answer.NO_SEAT, Answer.NO_SEAT]
    world = World(answers, [None, *[frozenset(range(40))] * 6, frozenset(), "busy"])
    assert {True, False} <= set(buy_really(world, 12))
    assert {TakeSeat, ReadDirectory, ReadPerson, TakeOff, Pause} == {type(step) for step in world.steps}
    assert any(isinstance(step, ReadDirectory) and step.blocks for step in world.steps)


# --- The required case, a twentieth of it ------------------------------------------------------------------------------

SCALE = 20
SMALL = {
    "seats": 20_000 // SCALE,
    "buyers": 50_000 // SCALE,
    "table_partitions": 3,
    "index_partitions": 2,
    "provisioned": 1000 // SCALE,
}


@pytest.mark.parametrize("calls_go_to", ["latest", "any"])
def test_a_prepared_sale_sells_every_seat_and_keeps_hardly_anybody_waiting(calls_go_to):
    sale = Sale(**SMALL, calls_go_to=calls_go_to)
    outcome = run(sale)
    assert meets_requirement(sale, outcome), outcome


def test_one_block_does_not_do():
    outcome = run(Sale(**SMALL, blocks=1))
    assert outcome.sold < SMALL["seats"]
    assert outcome.share_sent_away > MOST_SENT_AWAY


def test_the_same_sale_has_the_same_outcome():
    sale = Sale(seats=20, buyers=50, seconds=1)
    assert run(sale) == run(sale)


def test_every_buyer_is_told_something():
    outcome = run(Sale(**SMALL))
    told = (outcome.sold, outcome.told_full, outcome.told_to_come_back, outcome.refused, outcome.turned_away_later)
    assert SMALL["buyers"] == sum(told)
