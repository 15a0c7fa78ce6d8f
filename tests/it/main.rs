//! The only integration test binary.
#![expect(
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that can't go on fails, and says where"
)]

mod accounts;
mod adding;
mod agreeing;
mod api;
mod api_acts;
mod api_more;
mod arriving;
mod bombs;
mod budgets;
mod caching;
mod classes;
mod cleaning;
mod commands;
mod conformance;
mod connections;
mod corpora;
mod costs;
mod crash;
mod databases;
mod deciding;
mod deploying;
mod doors;
mod editions;
mod extracting;
mod faults;
mod fetching;
mod fevers;
mod finding;
mod footprint;
mod full_texts;
mod fuzzed;
mod gardening;
mod gate;
mod greader;
mod grouping;
mod histories;
mod hooks;
mod hosts;
mod icons;
mod indexed;
mod journaling;
mod journey;
mod keeping;
mod keeping_pages;
mod languages;
mod large_shelf;
mod layering;
mod manners;
mod marking;
mod media;
mod moved;
mod moving;
mod names;
mod openapi;
mod openid;
mod openid_mock;
mod opml;
mod outages;
mod packing;
mod passing;
mod pausing;
mod private_feeds;
mod pushed;
mod pushing;
mod reading;
mod recall;
mod replacing;
mod ruling;
mod sameness;
mod samples;
mod sanitizing;
mod schedulers;
mod scheduling;
mod searching;
mod second_steps;
mod secrets;
mod security;
mod shared;
mod sharing;
mod sifting;
mod slips;
mod spread;
mod starring;
mod stillness;
mod support;
mod syncing;
mod ticking;
mod tokens;
mod waking;
