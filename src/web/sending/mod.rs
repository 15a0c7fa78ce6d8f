//! Sending articles on: to one service, and what rules ask for. Below the actions, since arriving sends too.

pub(crate) mod delivery;
pub(crate) mod rule_hooks;
