//! Which instances a deployment may take away, and how it ends: AWS's minimum healthy hosts.
//!
//! Of N instances at most C may be away (in deployment) or broken (failed) at once: for a host
//! count M, C is N - M; for a percentage, the rest of N rounded down, but at least one, so that
//! HalfAtATime works on one instance and OneAtATime (99%) means one. A healthy instance is only
//! taken away if N - C others stay healthy; broken ones come first and cost nothing.

use api_developer::codedeploy::{MinimumHealthyHosts, MinimumHealthyHostsType, TargetStatus};

use crate::model::Target;

/// How many of `total` instances may be away or broken at once; `None` if the constraint lets no
/// instance be touched.
pub(crate) fn may_be_away(total: usize, minimum: &MinimumHealthyHosts) -> Option<usize> {
    let value = usize::try_from(minimum.value.unwrap_or(0)).ok()?;
    match minimum.kind.unwrap_or_default() {
        MinimumHealthyHostsType::HostCount => total.checked_sub(value).filter(|away| *away > 0),
        MinimumHealthyHostsType::FleetPercent => {
            let rest = 100_usize.checked_sub(value).filter(|rest| *rest > 0)?;
            (total > 0).then(|| (total.saturating_mul(rest) / 100).max(1))
        }
    }
}

/// How the targets stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    total: usize,
    away: usize,
    failed: usize,
    succeeded: usize,
    /// Broken since before, and not begun yet.
    broken: usize,
}

fn tally<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Tally {
    let mut tally = Tally::default();
    for target in targets {
        tally.total += 1;
        match target.status {
            TargetStatus::Succeeded => tally.succeeded += 1,
            TargetStatus::Failed => tally.failed += 1,
            TargetStatus::InProgress => tally.away += 1,
            TargetStatus::Pending if !target.was_healthy => tally.broken += 1,
            _ => {}
        }
    }
    tally
}

/// The pending targets that may begin now, by their index, in the order of their turns.
pub(crate) fn startable(targets: &[&Target], may_be_away: usize) -> Vec<usize> {
    let mut tally = tally(targets.iter().copied());
    let minimum = tally.total.saturating_sub(may_be_away);
    let mut pending: Vec<usize> = (0..targets.len())
        .filter(|index| targets.get(*index).is_some_and(|t| t.status == TargetStatus::Pending))
        .collect();
    pending.sort_by_key(|index| targets.get(*index).map(|target| target.turn));
    let mut chosen = Vec::new();
    for index in pending {
        let Some(target) = targets.get(index) else { continue };
        if tally.away + tally.failed >= may_be_away {
            break;
        }
        let unhealthy = tally.away + tally.failed + tally.broken;
        if target.was_healthy && tally.total < minimum + unhealthy + 1 {
            break;
        }
        if !target.was_healthy {
            tally.broken -= 1;
        }
        tally.away += 1;
        chosen.push(index);
    }
    chosen
}

/// Whether a deployment whose targets are over has succeeded: on at least one instance, and on as
/// many as must be healthy.
pub(crate) fn has_succeeded<'a>(
    targets: impl IntoIterator<Item = &'a Target>,
    may_be_away: usize,
) -> bool {
    let tally = tally(targets);
    tally.succeeded >= tally.total.saturating_sub(may_be_away).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use MinimumHealthyHostsType::{FleetPercent, HostCount};
    use TargetStatus::{Failed, InProgress, Pending, Succeeded};

    fn minimum(kind: MinimumHealthyHostsType, value: i32) -> MinimumHealthyHosts {
        MinimumHealthyHosts { kind: Some(kind), value: Some(value) }
    }

    #[test]
    fn concurrency() {
        for (total, kind, value, want) in [
            (9, FleetPercent, 0, Some(9)),
            (9, FleetPercent, 50, Some(4)),
            (8, FleetPercent, 50, Some(4)),
            (1, FleetPercent, 50, Some(1)),
            (9, FleetPercent, 99, Some(1)),
            (1, FleetPercent, 99, Some(1)),
            (3, FleetPercent, 100, None),
            (3, HostCount, 0, Some(3)),
            (3, HostCount, 2, Some(1)),
            (3, HostCount, 3, None),
            (3, HostCount, 4, None),
            (3, HostCount, -1, None),
        ] {
            assert_eq!(may_be_away(total, &minimum(kind, value)), want, "{total} {kind} {value}");
        }
    }

    /// Targets in the order of their turns; a lower-case letter was broken before.
    fn targets(text: &str) -> Vec<Target> {
        text.chars()
            .enumerate()
            .map(|(turn, c)| Target {
                turn: turn as i32,
                was_healthy: c.is_ascii_uppercase(),
                status: match c.to_ascii_uppercase() {
                    'P' => Pending,
                    'I' => InProgress,
                    'S' => Succeeded,
                    _ => Failed,
                },
                ..Target::default()
            })
            .collect()
    }

    #[test]
    fn who_may_begin() {
        for (text, away, want) in [
            ("PPP", 3, vec![0, 1, 2]),
            ("PPP", 1, vec![0]),
            ("IPP", 1, vec![]),
            ("SPP", 1, vec![1]),
            ("FPP", 1, vec![]),
            ("SFP", 1, vec![]),
            ("PPPP", 2, vec![0, 1]),
            ("SIPP", 2, vec![2]),
            ("FIPP", 2, vec![]),
            ("FSPP", 2, vec![2]),
            // Broken ones first; a healthy one only when enough others are healthy.
            ("pPP", 1, vec![0]),
            ("iPP", 1, vec![]),
            ("ppP", 1, vec![0]),
            ("spP", 1, vec![1]),
            ("pppP", 2, vec![0, 1]),
            ("sspP", 2, vec![2, 3]),
            ("isPP", 2, vec![2]),
        ] {
            let all = targets(text);
            let all: Vec<&Target> = all.iter().collect();
            assert_eq!(startable(&all, away), want, "{text} {away}");
        }
    }

    #[test]
    fn ends() {
        for (text, away, want) in [
            ("S", 1, true),
            ("F", 1, false),
            ("SFF", 3, true),
            ("FFF", 3, false),
            // OneAtATime forgives the last instance.
            ("SSF", 1, true),
            ("SFP", 1, false),
            // HalfAtATime needs half, rounded up.
            ("SSSSSFFFF", 4, true),
            ("SSSSFFFFF", 4, false),
        ] {
            assert_eq!(has_succeeded(&targets(text), away), want, "{text} {away}");
        }
    }
}
