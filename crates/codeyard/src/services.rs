//! All services of the house, and the page that tells what they cover.

use service::{Service, Status};

/// Every service, as the binary is wired.
pub(crate) fn all() -> Vec<Service> {
    let mut services = Vec::new();
    services.extend(svc_identity::services());
    services.push(svc_s3::service());
    services.extend(svc_security::services());
    services.extend(svc_management::services());
    services.push(svc_codecommit::service());
    services.push(svc_codebuild::service());
    services.extend(svc_codeconnections::services());
    let own = svc_codecommit::own_operations(svc_codebuild::own_service());
    let own = svc_codepipeline::own_operations(own);
    let own = crate::quickstart::own_operations(own);
    services.push(svc_codeconnections::own_operations(own));
    services.extend(svc_codedeploy::services());
    services.push(svc_codepipeline::service());
    services.push(svc_ecr::service());
    services.push(console::service());
    services
}

/// `docs/coverage.md`: for each operation what is done, partial (how) or refused.
pub(crate) fn coverage_page() -> String {
    let services = all();
    let mut page = String::from(
        "# Coverage\n\nGenerated from the operation tables by `codeyard coverage`; a test keeps it \
         true. *done*: all of it; *partial*: all but what is said, which is refused by name; \
         *refused*: answered with an error that names the operation.\n\n\
         | service | done | partial | refused |\n|---|---:|---:|---:|\n",
    );
    for service in &services {
        let count = |wanted: fn(&Status) -> bool| {
            service.operations.iter().filter(|row| wanted(&row.status)).count()
        };
        page.push_str(&format!(
            "| [{0}](#{0}) | {1} | {2} | {3} |\n",
            service.name,
            count(|status| matches!(status, Status::Done)),
            count(|status| matches!(status, Status::Partial(_))),
            count(|status| matches!(status, Status::Refused(_))),
        ));
    }
    for service in &services {
        page.push_str(&format!(
            "\n## {}\n\n| operation | IAM action | status |\n|---|---|---|\n",
            service.name
        ));
        let mut rows: Vec<_> = service.operations.iter().collect();
        rows.sort_by_key(|row| row.name);
        for row in rows {
            let status = match row.status {
                Status::Done => "done".to_owned(),
                Status::Partial(how) => format!("partial: {how}"),
                Status::Refused(why) => format!("refused: {why}"),
            };
            page.push_str(&format!("| {} | {} | {status} |\n", row.name, row.action));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_coverage_page_is_true() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/coverage.md");
        let committed = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            committed == coverage_page(),
            "docs/coverage.md is out of date: run `cargo run -p codeyard -- coverage > docs/coverage.md`"
        );
    }

    #[test]
    fn every_operation_is_there_once() {
        for service in all() {
            let mut names: Vec<_> = service.operations.iter().map(|row| row.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{} has an operation twice", service.name);
        }
    }
}
