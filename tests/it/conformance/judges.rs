//! The cases that are skipped on an emulator, each with its reason.
//!
//! Where the two emulators differ, the documentation decides; where that is silent, the Firestore emulator, which is
//! newer and implements the semantics of the database that Google sells today.

type Exempt = &'static [(&'static str, &'static str)];

/// Skipped on the Firestore emulator.
pub(super) const NOT_FIRESTORE: Exempt = &[(
    "indexes::another_querys_index_changes_no_order",
    "has no composite indexes: it sorts what is only projected in the last order's direction",
)];

const NO_IN: &str =
    "has no IN with several values: its equality form needs the same index, and is asked elsewhere";
const NO_COUNT: &str = "has no aggregation queries";
const BY_GROUPS: &str =
    "in a transaction takes queries only below an ancestor, a limit that the documentation dropped";
const ONCE: &str = "brings an entity once for its least or greatest element; the documentation says that index entries, \
    and so results, are one for each distinct element";
const ORDER_OF_KEYS: &str = "sorts names by UTF-16; the documentation says by UTF-8 bytes";

/// Skipped on the older Datastore emulator.
pub(super) const NOT_LEGACY: Exempt = &[
    ("absence::null_is_found_and_absence_isn_t", NO_IN),
    ("absence::what_isn_t_indexed_isn_t_found", NO_IN),
    ("arrays::in_finds_an_array_once", NO_IN),
    (
        "arrays::an_order_on_another_property_brings_an_array_once",
        NO_IN,
    ),
    (
        "arrays::several_equalities_may_be_met_by_several_elements",
        NO_IN,
    ),
    ("cursors::pages_follow_without_a_gap_or_a_repetition", NO_IN),
    ("filters::in_finds_each_once_by_key", NO_IN),
    ("filters::in_goes_with_an_order", NO_IN),
    ("filters::in_takes_thirty_values_and_not_one_more", NO_IN),
    ("filters::ins_multiply_to_thirty_and_not_beyond", NO_IN),
    ("filters::two_ins_multiply", NO_IN),
    ("filters::two_ins_on_one_property_intersect", NO_IN),
    (
        "keys::an_ancestor_goes_with_equalities_and_key_ranges",
        NO_IN,
    ),
    (
        "projections::a_projection_goes_with_equality_in_and_ancestor",
        NO_IN,
    ),
    ("metering::a_count_costs_one_read", NO_COUNT),
    ("orders::a_count_counts_what_a_query_finds", NO_COUNT),
    ("orders::a_count_starts_at_the_cursor", NO_COUNT),
    (
        "projections::an_array_brings_one_row_for_each_distinct_element",
        NO_COUNT,
    ),
    (
        "metering::a_transaction_costs_what_is_done_in_it",
        BY_GROUPS,
    ),
    ("transactions::what_is_read_can_be_written", BY_GROUPS),
    (
        "arrays::an_order_brings_an_array_once_for_each_element",
        ONCE,
    ),
    ("arrays::equal_elements_are_one_entry", ONCE),
    ("arrays::two_arrays_are_every_pair_of_their_elements", ONCE),
    (
        "arrays::an_empty_array_has_no_entry",
        "indexes an empty array as null; the documentation says that it has no entry",
    ),
    (
        "projections::what_lacks_a_projected_property_stays_out",
        "indexes an empty array as null; the documentation says that it has no entry",
    ),
    ("keys::a_key_range_splits_the_order", ORDER_OF_KEYS),
    (
        "keys::a_key_range_takes_a_key_of_another_kind",
        ORDER_OF_KEYS,
    ),
    (
        "keys::keys_sort_by_path_numbers_first_parents_first",
        ORDER_OF_KEYS,
    ),
    ("keys::keys_sort_the_other_way_round_too", ORDER_OF_KEYS),
    (
        "orders::ties_go_by_key_in_the_last_orders_direction",
        "breaks ties by ascending key; the documentation says in the direction of the last order",
    ),
    (
        "projections::each_row_has_its_own_cursor",
        "breaks ties by ascending key; the documentation says in the direction of the last order",
    ),
    (
        "commits::a_commit_may_be_long",
        "takes 25 root entities in one commit; the documentation dropped that limit",
    ),
    (
        "commits::an_identical_write_keeps_the_version",
        "numbers every commit; nobody relies on an unchanged version",
    ),
    (
        "commits::nearly_identical_isn_t_identical",
        "takes -0 for 0 where it compares; they are different values in its own index",
    ),
    (
        "commits::what_was_deleted_meanwhile_is_contention",
        "looks for the entity before it compares versions; either error makes the caller read again",
    ),
];
