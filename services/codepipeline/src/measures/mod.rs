//! GetDeliveryMeasures: what pipelines delivered, gathered and reckoned up.

mod gather;
mod lately;
mod reckon;

use api_developer::codeyard::{GetDeliveryMeasuresInput, GetDeliveryMeasuresOutput};
use service::Cx;
use wire::Error;

use reckon::Delivery;

/// Days back, if the request does not tell.
const DAYS: i32 = 30;
/// Pipelines that are told of one by one.
const TOLD: usize = 100;
/// Executions that run or failed lately, of each.
const LATELY: usize = 50;

/// See [`GetDeliveryMeasuresInput`].
pub async fn get_delivery_measures(
    cx: Cx,
    input: GetDeliveryMeasuresInput,
) -> Result<GetDeliveryMeasuresOutput, Error> {
    let days = i64::from(input.days.unwrap_or(DAYS));
    let until = cx.now();
    let since = until.plus_secs(-days * reckon::DAY);
    let mut gathered = gather::deliveries(&cx, since).await?;
    for list in [&mut gathered.lately.active, &mut gathered.lately.failed] {
        list.sort_by_key(|it| std::cmp::Reverse(it.last_update_time));
        list.truncate(LATELY);
    }
    let mut pipelines: Vec<_> =
        gathered.pipelines.iter().filter_map(|(name, all)| reckon::measure(name, all)).collect();
    pipelines.sort_by_key(|it| std::cmp::Reverse(it.succeeded + it.failed));
    pipelines.truncate(TOLD);
    let all: Vec<&[Delivery]> = gathered.pipelines.iter().map(|(_, all)| all.as_slice()).collect();
    Ok(GetDeliveryMeasuresOutput {
        since,
        until,
        pipelines_analyzed: i32::try_from(gathered.pipelines.len()).unwrap_or(i32::MAX),
        pipelines_denied: gathered.denied,
        truncated: gathered.truncated,
        total: reckon::total(&all),
        pipelines,
        by_day: reckon::by_day(&all, since, until),
        active: gathered.lately.active,
        failed: gathered.lately.failed,
    })
}
