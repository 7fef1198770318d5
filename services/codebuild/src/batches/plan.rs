//! What is next for a batch: from its groups and builds, without doing anything.

use api_developer::codebuild::*;

use super::model::{BatchRecord, DOWNLOAD_SOURCE};

/// A build group, as far as deciding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// No build of it was started.
    Waiting,
    /// Its build has not ended.
    Running,
    /// Its build has ended.
    Ended(BuildStatusType),
}

/// The decision.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Tasks whose builds are to be started, by their numbers.
    pub start: Vec<usize>,
    /// Whether those that run are to be stopped.
    pub stop: bool,
    /// How the batch ends, if nothing is left to wait for.
    pub end: Option<BuildStatusType>,
    /// The groups that keep the batch from succeeding.
    pub failed: Vec<String>,
}

/// Why no more builds are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Stopped,
    TimedOut,
}

/// Decides; `states` are those of the tasks, in their order.
pub(super) fn plan(record: &BatchRecord, states: &[State], cut: Option<Cut>) -> Plan {
    let groups: Vec<(&BuildGroup, State)> = tasks(record).zip(states.iter().copied()).collect();
    let ignored = |group: &BuildGroup| group.ignore_failure == Some(true);
    let has_failed = |(group, state): &(&BuildGroup, State)| {
        matches!(state, State::Ended(status) if *status != BuildStatusType::Succeeded)
            && !ignored(group)
    };
    let any_failed = groups.iter().any(has_failed);
    let no_more = cut.is_some() || (record.fast_fail && any_failed);
    // What may come after: dependencies that succeeded, or whose failure is ignored.
    let is_met = |name: &String| {
        let found = groups.iter().find(|(group, _)| group.identifier.as_ref() == Some(name));
        found.is_some_and(|(group, state)| match state {
            State::Ended(BuildStatusType::Succeeded) => true,
            State::Ended(_) => ignored(group),
            State::Waiting | State::Running => false,
        })
    };
    let is_ready = |(group, state): &(&BuildGroup, State)| {
        *state == State::Waiting && group.depends_on.iter().flatten().all(is_met)
    };
    let start: Vec<usize> = match no_more {
        true => Vec::new(),
        false => (0..).zip(&groups).filter(|(_, it)| is_ready(it)).map(|(at, _)| at).collect(),
    };
    let runs = groups.iter().any(|(_, state)| *state == State::Running);
    let left = |it: &(&BuildGroup, State)| it.1 == State::Waiting && !ignored(it.0);
    let failed = groups.iter().filter(|it| has_failed(it) || left(it));
    let failed: Vec<String> = failed.filter_map(|(group, _)| group.identifier.clone()).collect();
    let end = (start.is_empty() && !runs).then_some(match cut {
        _ if failed.is_empty() => BuildStatusType::Succeeded,
        Some(Cut::Stopped) => BuildStatusType::Stopped,
        Some(Cut::TimedOut) => BuildStatusType::TimedOut,
        None => BuildStatusType::Failed,
    });
    Plan { start, stop: no_more && runs, end, failed }
}

/// The groups of tasks, in their order.
pub(super) fn tasks(record: &BatchRecord) -> impl Iterator<Item = &BuildGroup> {
    record.groups().iter().filter(|group| group.identifier.as_deref() != Some(DOWNLOAD_SOURCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use BuildStatusType::{Failed, Stopped, Succeeded, TimedOut};
    use State::{Ended, Running, Waiting};

    /// Groups as `NAME`, `NAME?` (failure ignored), `NAME<A,B` (depends on).
    fn batch(groups: &[&str], fast_fail: bool) -> BatchRecord {
        let group = |text: &str| {
            let (name, on) = text.split_once('<').unwrap_or((text, ""));
            BuildGroup {
                identifier: Some(name.trim_end_matches('?').to_owned()),
                ignore_failure: Some(name.ends_with('?')),
                depends_on: Some(
                    on.split(',').filter(|it| !it.is_empty()).map(Into::into).collect(),
                ),
                ..BuildGroup::default()
            }
        };
        let mut all = vec![group(DOWNLOAD_SOURCE)];
        all.extend(groups.iter().map(|text| group(text)));
        BatchRecord {
            batch: BuildBatch { build_groups: Some(all), ..BuildBatch::default() },
            fast_fail,
            ..BatchRecord::default()
        }
    }

    #[test]
    fn builds_start_when_what_they_depend_on_has_ended_well() {
        let graph = batch(&["a", "b?", "c<a", "d<a,b", "e<c"], false);
        let start = |states: [State; 5]| plan(&graph, &states, None).start;
        assert_eq!(start([Waiting; 5]), [0, 1]);
        assert!(start([Running, Running, Waiting, Waiting, Waiting]).is_empty());
        assert_eq!(start([Ended(Succeeded), Running, Waiting, Waiting, Waiting]), [2]);
        assert_eq!(start([Ended(Succeeded), Ended(Failed), Running, Waiting, Waiting]), [3]);
        // What depends on a failed build never runs, nor what depends on that.
        let failed = [Ended(Failed), Ended(Succeeded), Waiting, Waiting, Waiting];
        let plan = plan(&graph, &failed, None);
        assert_eq!((plan.start.len(), plan.end), (0, Some(Failed)));
        assert_eq!(plan.failed, ["a", "c", "d", "e"]);
    }

    #[test]
    fn ignored_failures_fail_nothing() {
        let list = batch(&["a", "b?"], true);
        let end = |states: [State; 2]| plan(&list, &states, None).end;
        assert_eq!(end([Ended(Succeeded), Ended(Failed)]), Some(Succeeded));
        assert_eq!(end([Ended(Succeeded), Running]), None);
        assert_eq!(end([Ended(TimedOut), Ended(Succeeded)]), Some(Failed));
        assert!(!plan(&list, &[Running, Ended(Failed)], None).stop);
    }

    #[test]
    fn fast_fail_stops_the_others_and_starts_none() {
        let states = [Ended(Failed), Running, Waiting];
        let fast = plan(&batch(&["a", "b", "c"], true), &states, None);
        assert_eq!((fast.stop, fast.start.len(), fast.end), (true, 0, None));
        let slow = plan(&batch(&["a", "b", "c"], false), &states, None);
        assert_eq!((slow.stop, slow.start), (false, vec![2]));
        let over = [Ended(Failed), Ended(Stopped), Waiting];
        assert_eq!(plan(&batch(&["a", "b", "c"], true), &over, None).end, Some(Failed));
    }

    #[test]
    fn a_cut_batch_ends_as_it_was_cut_once_nothing_runs() {
        let list = batch(&["a", "b"], false);
        let plan = |states: [State; 2], cut| plan(&list, &states, Some(cut));
        assert!(plan([Running, Waiting], Cut::Stopped).stop);
        assert_eq!(plan([Ended(Stopped), Waiting], Cut::Stopped).end, Some(Stopped));
        assert_eq!(plan([Ended(Stopped), Waiting], Cut::TimedOut).end, Some(TimedOut));
        // It came too late.
        assert_eq!(plan([Ended(Succeeded); 2], Cut::Stopped).end, Some(Succeeded));
    }
}
