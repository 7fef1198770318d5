//! The measures of deliveries; pure.

use std::collections::{BTreeMap, HashSet};

use api_developer::codeyard::{DeliveryDay, DeliveryMeasures};
use shape::Timestamp;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// An execution in which a deploy action ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delivery {
    /// What was delivered: the revisions of its sources.
    pub revision: String,
    /// When the newest of its commits was made.
    pub committed: Option<Timestamp>,
    /// When a deploy action failed, for the first time.
    pub failed: Option<Timestamp>,
    /// When the execution had succeeded.
    pub succeeded: Option<Timestamp>,
}

/// What a pipeline's deliveries, in any order, took.
struct Times {
    lead: Vec<i64>,
    restore: Vec<i64>,
    unrestored: i32,
}

/// The measures of one pipeline; `None` if it delivered nothing.
pub fn measure(name: &str, deliveries: &[Delivery]) -> Option<DeliveryMeasures> {
    let mut measures = summed(&[deliveries], times(deliveries));
    measures.pipeline_name = Some(name.to_owned());
    (measures.succeeded + measures.failed > 0).then_some(measures)
}

/// The measures of all pipelines together.
pub fn total(pipelines: &[&[Delivery]]) -> DeliveryMeasures {
    let mut all = Times { lead: Vec::new(), restore: Vec::new(), unrestored: 0 };
    for deliveries in pipelines {
        let of_one = times(deliveries);
        all.lead.extend(of_one.lead);
        all.restore.extend(of_one.restore);
        all.unrestored += of_one.unrestored;
    }
    summed(pipelines, all)
}

fn summed(pipelines: &[&[Delivery]], times: Times) -> DeliveryMeasures {
    let count = |is: fn(&Delivery) -> bool| {
        let all = pipelines.iter().flat_map(|it| it.iter());
        i32::try_from(all.filter(|it| is(it)).count()).unwrap_or(i32::MAX)
    };
    DeliveryMeasures {
        pipeline_name: None,
        // One that was retried counts as a failure alone: the change did harm before it did good.
        succeeded: count(|it| it.succeeded.is_some() && it.failed.is_none()),
        failed: count(|it| it.failed.is_some()),
        lead_time_seconds: median(times.lead),
        time_to_restore_seconds: median(times.restore),
        unrestored: times.unrestored,
    }
}

fn times(deliveries: &[Delivery]) -> Times {
    let mut succeeded: Vec<_> =
        deliveries.iter().filter_map(|it| Some((it.succeeded?, it))).collect();
    succeeded.sort_by_key(|(at, _)| *at);
    let mut delivered = HashSet::new();
    let mut lead = Vec::new();
    for (at, delivery) in &succeeded {
        if delivered.insert(&delivery.revision)
            && let Some(committed) = delivery.committed
        {
            lead.push(seconds(committed, *at));
        }
    }
    let (mut restore, mut unrestored) = (Vec::new(), 0);
    for failed in deliveries.iter().filter_map(|it| it.failed) {
        match succeeded.iter().find(|(at, _)| *at >= failed) {
            Some((at, _)) => restore.push(seconds(failed, *at)),
            None => unrestored += 1,
        }
    }
    Times { lead, restore, unrestored }
}

/// Clocks of committers may be ahead.
fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    (to.since(from) / 1000).max(0)
}

fn median(mut all: Vec<i64>) -> Option<i64> {
    all.sort_unstable();
    let (low, high) = (all.get(all.len().checked_sub(1)? / 2)?, all.get(all.len() / 2)?);
    Some(low + (high - low) / 2)
}

/// Each day from `since` to `until`, with or without deliveries.
pub fn by_day(pipelines: &[&[Delivery]], since: Timestamp, until: Timestamp) -> Vec<DeliveryDay> {
    let day_of = |at: Timestamp| at.secs().div_euclid(DAY);
    let mut days: BTreeMap<i64, (i32, i32)> =
        (day_of(since)..=day_of(until)).map(|day| (day, (0, 0))).collect();
    for delivery in pipelines.iter().flat_map(|it| it.iter()) {
        let ended = delivery.failed.or(delivery.succeeded);
        if let Some((succeeded, failed)) = ended.and_then(|at| days.get_mut(&day_of(at))) {
            *if delivery.failed.is_some() { failed } else { succeeded } += 1;
        }
    }
    let told = |(day, (succeeded, failed)): (i64, (i32, i32))| DeliveryDay {
        day: Timestamp::from_secs(day * DAY).iso8601().chars().take(10).collect(),
        succeeded,
        failed,
    };
    days.into_iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Option<Timestamp> {
        Some(Timestamp::from_secs(secs))
    }

    fn delivery(
        revision: &str,
        committed: i64,
        failed: Option<Timestamp>,
        succeeded: Option<Timestamp>,
    ) -> Delivery {
        Delivery { revision: revision.to_owned(), committed: at(committed), failed, succeeded }
    }

    #[test]
    fn a_failure_is_restored_by_the_pipelines_next_success() {
        let all = [
            delivery("a", 0, None, at(100)),
            delivery("b", 150, at(200), None),
            delivery("c", 210, at(250), None),
            delivery("d", 300, None, at(500)),
            delivery("e", 600, at(700), None),
        ];
        let measures = measure("p", &all).unwrap();
        assert_eq!((measures.succeeded, measures.failed, measures.unrestored), (2, 3, 1));
        // 300 and 250 seconds.
        assert_eq!(measures.time_to_restore_seconds, Some(275));
        // 100 and 200 seconds.
        assert_eq!(measures.lead_time_seconds, Some(150));
        assert_eq!(measure("q", &[]), None);
    }

    #[test]
    fn one_that_was_retried_failed_and_was_restored() {
        let measures = measure("p", &[delivery("a", 0, at(100), at(160))]).unwrap();
        assert_eq!((measures.succeeded, measures.failed, measures.unrestored), (0, 1, 0));
        assert_eq!(measures.time_to_restore_seconds, Some(60));
    }

    #[test]
    fn a_commit_has_one_lead_time_and_never_a_negative_one() {
        let all = [
            delivery("a", 0, None, at(1_000_000)),
            delivery("a", 0, None, at(10)),
            delivery("b", 99, None, at(50)),
        ];
        // 10 and 0 seconds: the clock of b's committer is ahead.
        assert_eq!(measure("p", &all).unwrap().lead_time_seconds, Some(5));
    }

    #[test]
    fn pipelines_do_not_restore_each_other() {
        let (one, other) = ([delivery("a", 0, at(10), None)], [delivery("b", 0, None, at(20))]);
        let total = total(&[&one, &other]);
        assert_eq!((total.succeeded, total.failed, total.unrestored), (1, 1, 1));
        assert_eq!(total.time_to_restore_seconds, None);
    }

    #[test]
    fn days_without_deliveries_are_there_too() {
        let all = [delivery("a", 0, None, at(DAY + 5)), delivery("b", 0, at(DAY + 6), at(DAY + 9))];
        let days = by_day(&[&all], Timestamp::from_secs(0), Timestamp::from_secs(2 * DAY));
        let told: Vec<_> =
            days.iter().map(|it| (it.day.as_str(), it.succeeded, it.failed)).collect();
        assert_eq!(told, [("1970-01-01", 0, 0), ("1970-01-02", 1, 1), ("1970-01-03", 0, 0)]);
    }
}
