//! The list: which cases run on which backends.

use super::Backend;

conformance! {
    embedded => Backend::Embedded,
    firestore => Backend::Firestore,
    legacy => Backend::Legacy;
    stores {
        absence [
            null_is_found_and_absence_isn_t,
            what_isn_t_indexed_isn_t_found,
            what_changes_is_found_by_what_it_is_now,
            what_is_deleted_isn_t_found_by_anything,
        ]
        arrays [
            an_array_is_found_by_each_element,
            several_equalities_may_be_met_by_several_elements,
            in_finds_an_array_once,
            a_range_is_met_by_one_element,
            an_order_brings_an_array_once_for_each_element,
            equal_elements_are_one_entry,
            an_order_on_another_property_brings_an_array_once,
            two_arrays_are_every_pair_of_their_elements,
            an_empty_array_has_no_entry,
            an_unindexed_array_is_only_carried,
            a_removed_element_isn_t_found_any_more,
        ]
        commits [
            an_insert_wants_the_key_free,
            an_update_wants_the_key_taken,
            an_upsert_takes_either,
            a_delete_takes_either,
            a_write_replaces_the_whole_entity,
            one_failing_mutation_undoes_all,
            a_write_may_insist_on_the_version_it_saw,
            base_version_zero_means_absent,
            what_was_deleted_meanwhile_is_contention,
            the_same_key_twice_is_refused,
            versions_grow,
            an_identical_write_keeps_the_version,
            nearly_identical_isn_t_identical,
            a_commit_may_be_empty,
            a_commit_may_be_long,
            of_many_with_the_same_version_one_commits,
        ]
        cursors [
            pages_follow_without_a_gap_or_a_repetition,
            the_last_row_may_have_been_deleted,
            what_comes_before_the_cursor_is_not_seen_and_what_comes_behind_is,
            the_limit_may_change_between_pages,
            a_full_page_has_a_cursor_even_at_the_end,
            the_same_cursor_can_be_used_again,
            another_querys_cursor_is_refused,
            garbage_is_refused,
        ]
        filters [
            several_equalities_must_all_hold,
            contradictions_find_nothing,
            ranges_know_their_ends,
            a_range_goes_with_an_equality,
            in_finds_each_once_by_key,
            two_ins_multiply,
            two_ins_on_one_property_intersect,
            in_goes_with_an_order,
            in_takes_thirty_values_and_not_one_more,
            ins_multiply_to_thirty_and_not_beyond,
            a_filter_by_an_array_is_refused,
            a_key_is_compared_with_keys_only,
            what_we_don_t_support_is_refused,
            a_query_has_a_kind,
        ]
        keys [
            keys_sort_by_path_numbers_first_parents_first,
            keys_sort_the_other_way_round_too,
            a_key_range_splits_the_order,
            a_key_range_works_downwards,
            a_key_range_takes_a_key_of_another_kind,
            a_key_range_goes_with_an_equality,
            an_ancestor_holds_itself_and_what_is_below,
            an_ancestor_needn_t_exist,
            an_ancestor_goes_with_equalities_and_key_ranges,
            an_ancestor_goes_with_an_order_and_a_range,
            a_query_stays_within_its_kind,
        ]
        limits [
            an_indexed_text_or_blob_has_at_most_1500_bytes,
            an_unindexed_value_may_be_nearly_as_large_as_an_entity,
            an_entity_has_at_most_1048572_bytes,
            a_key_has_at_most_six_kilobytes,
            a_path_has_at_most_a_hundred_steps,
            names_have_1_to_1500_bytes,
            names_between_two_underscores_each_are_googles,
            a_keys_number_isn_t_zero,
            an_array_holds_no_array,
            a_timestamp_has_a_year_of_four_digits,
            an_entity_has_at_most_20000_index_entries,
            a_commit_has_at_most_ten_megabytes,
            a_refused_commit_writes_nothing,
        ]
        lookups [
            entities_come_in_the_requested_order,
            a_missing_entity_is_none,
            a_key_looked_up_twice_is_returned_twice,
            asking_for_nothing_brings_nothing,
            a_look_up_takes_a_thousand_keys,
            a_look_up_of_more_than_a_thousand_keys_is_refused,
            a_look_up_of_an_impossible_key_is_refused,
            a_number_and_a_name_that_look_alike_are_two_keys,
            the_same_last_step_below_two_parents_is_two_keys,
        ]
        metering [
            a_look_up_costs_a_read_for_each_key_found_or_missing,
            a_query_costs_a_read_for_each_result_and_at_least_one,
            keys_only_and_projections_cost_one_read_and_small_operations,
            a_count_costs_one_read,
            a_commit_costs_its_writes_and_deletes,
            what_fails_costs_nothing,
            a_transaction_costs_what_is_done_in_it,
            meters_nest,
            the_store_knows_its_total,
        ]
        orders [
            without_an_order_results_come_by_key,
            a_range_orders_by_its_property,
            ties_go_by_key_in_the_last_orders_direction,
            the_key_can_be_the_last_order,
            an_order_leaves_out_what_lacks_its_property,
            the_same_order_twice_is_refused,
            an_order_that_says_nothing_is_refused,
            a_limit_cuts_and_leaves_a_cursor,
            a_limit_is_one_to_a_thousand,
            keys_only_brings_keys_only,
            a_count_counts_what_a_query_finds,
            a_count_starts_at_the_cursor,
        ]
        projections [
            only_the_named_properties_come_with_the_key,
            timestamps_come_as_integers_and_blobs_as_text,
            without_an_order_rows_sort_by_what_is_projected,
            a_projection_isn_t_ordered_by_the_key,
            an_array_brings_one_row_for_each_distinct_element,
            two_arrays_bring_every_pair,
            a_range_on_the_projected_array_picks_its_elements,
            what_lacks_a_projected_property_stays_out,
            a_projection_goes_with_equality_in_and_ancestor,
            a_projection_of_what_is_filtered_by_equality_is_refused,
            a_projection_names_each_property_once,
            each_row_has_its_own_cursor,
        ]
        transactions [
            what_is_read_can_be_written,
            a_failing_commit_leaves_nothing,
            a_transaction_may_only_read,
            a_dropped_transaction_did_nothing,
            blind_writes_don_t_collide,
            of_two_that_read_and_write_the_same_at_most_one_commits,
            counting_up_side_by_side_loses_nothing,
        ]
        values [
            every_type_comes_back_as_it_was,
            an_empty_array_comes_back_as_indexed,
            an_ordinary_query_brings_what_a_look_up_brings,
            types_sort_in_googles_order,
            descending_turns_the_whole_order,
            a_composite_index_keeps_the_same_order,
            each_value_equals_only_itself,
            each_value_splits_the_order_in_two,
            an_integer_equals_the_timestamp_of_as_many_microseconds,
            a_text_equals_the_blob_of_the_same_bytes,
            an_integer_never_equals_a_double,
            every_nan_is_the_same,
            an_element_sorts_as_the_value_alone_would,
        ]
    }
}

conformance! {
    opened_embedded => Backend::Embedded,
    opened_firestore => Backend::Firestore;
    backends {
        expiry [
            a_transaction_expires_after_270_seconds,
        ]
        indexes [
            an_equality_with_an_order_needs_one,
            an_equality_with_a_range_needs_one,
            in_with_an_order_needs_one,
            two_equalities_with_an_order_need_one,
            two_orders_need_one,
            keys_backwards_need_one,
            keys_against_the_order_need_one,
            an_ancestor_with_an_order_needs_one,
            a_projection_of_two_needs_one,
            plain_forms_need_none,
            a_similar_index_doesn_t_do,
            equalities_may_stand_in_any_order,
            another_querys_index_changes_no_order,
            a_list_with_a_mistake_is_refused,
        ]
        random_commits [
            the_store_does_what_a_map_would_do,
        ]
    }
}

conformance! {
    modelled_embedded => Backend::Embedded;
    backends {
        random_queries [
            every_query_finds_what_the_model_finds,
        ]
    }
}

conformance! {
    compared_firestore => Backend::Firestore;
    backends {
        random_queries [
            every_query_finds_what_the_embedded_store_finds,
        ]
    }
}

conformance! {
    optimistic_embedded => Backend::Embedded;
    stores {
        snapshots [
            reads_are_one_moments,
            a_change_of_what_was_looked_up_is_contention,
            a_birth_where_nothing_was_found_is_contention,
            deleted_and_put_back_is_contention,
            a_changed_query_result_is_contention,
            a_change_elsewhere_is_fine,
            a_read_only_commit_checks_its_reads_too,
            the_first_of_two_commits_succeeds,
            write_skew_is_contention,
        ]
    }
}
