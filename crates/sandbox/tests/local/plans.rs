//! Builds: what a plan's commands see, and what is told of them.

use crate::harness::*;
use codeyard_sandbox::*;

fn codes(status: &Status) -> Vec<Option<i32>> {
    status.stages.iter().flat_map(|s| &s.commands).map(|c| c.exit_code).collect()
}

#[tokio::test]
async fn commands_share_one_shell_across_stages() {
    for shell in [Shell::Bash, Shell::Sh] {
        let yard = Yard::new();
        let mut plan = plan(vec![
            stage("INSTALL", &["cd /tmp", "export A='x y'", "f() { echo \"f $1\"; }; b=2"]),
            stage("BUILD", &["pwd; f \"$A\"; echo $b", "echo one\necho two", "cat <<E\n$A\nE"]),
        ]);
        plan.shell = shell;
        plan.export = vec!["A".into(), "NOT_SET".into()];
        let ran = yard.run(spec("b", Program::Plan(plan))).await;
        assert_eq!(ran.output, "/tmp\nf x y\n2\none\ntwo\nx y\n");
        let end = ran.status.end.clone().unwrap();
        assert_eq!(end.kind, EndKind::Succeeded, "{:?}", ran.status);
        assert_eq!(end.exports, [("A".to_owned(), "x y".to_owned())]);
        assert_eq!(end.workdir.as_deref(), Some("/tmp"));
        assert_eq!(codes(&ran.status), [Some(0); 6]);
    }
}
