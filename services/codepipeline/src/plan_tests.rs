//! The rules, as tables. A pipeline is written as its stages, each a list of `NAME:RUN_ORDER`; an
//! execution as where it is and what its actions in that stage have come to.

use api_developer::codepipeline::{
    ActionDeclaration, ActionExecutionStatus as Action, PipelineDeclaration,
    PipelineExecutionStatus, StageDeclaration, StageExecutionStatus as Stage,
};

use super::*;
use crate::model::{ActionSummary, Transition};

fn declaration(stages: &[(&str, &[(&str, i32)])]) -> Arc<PipelineDeclaration> {
    let stage = |(name, actions): &(&str, &[(&str, i32)])| StageDeclaration {
        name: (*name).to_owned(),
        actions: actions
            .iter()
            .map(|(name, order)| ActionDeclaration {
                name: (*name).to_owned(),
                run_order: Some(*order),
                ..<_>::default()
            })
            .collect(),
        ..<_>::default()
    };
    Arc::new(PipelineDeclaration { stages: stages.iter().map(stage).collect(), ..<_>::default() })
}

/// Source; Build with two parallel actions and a third behind them; Deploy.
fn usual() -> Arc<PipelineDeclaration> {
    declaration(&[
        ("Source", &[("Take", 1)]),
        ("Build", &[("Compile", 1), ("Lint", 1), ("Package", 2)]),
        ("Deploy", &[("Deploy", 1)]),
    ])
}

fn execution(number: i64, stage: &str) -> Active {
    let execution = Execution {
        id: format!("e{number}"),
        number,
        stage: stage.to_owned(),
        ..Execution::default()
    };
    Active { execution, declaration: usual() }
}

/// In front of a stage.
fn waits(number: i64, stage: &str) -> Active {
    execution(number, stage)
}

/// In a stage.
fn inside(number: i64, stage: &str, actions: &[(&str, Action)]) -> Active {
    let mut active = execution(number, stage);
    active.execution.entered = true;
    let actions = actions.iter().map(|(name, status)| ActionSummary {
        name: (*name).to_owned(),
        id: (*name).to_owned(),
        status: *status,
    });
    let run =
        StageRun { name: stage.to_owned(), actions: actions.collect(), ..StageRun::default() };
    active.execution.stages.push(run);
    active
}

fn stopping(mut active: Active) -> Active {
    active.execution.stop_requested = true;
    active.execution.status = PipelineExecutionStatus::Stopping;
    active
}

fn ended(mut active: Active) -> Active {
    active.execution.status = PipelineExecutionStatus::Failed;
    active
}

fn closed(stage: &str) -> Pipeline {
    let transition = Transition { disabled: true, ..Transition::default() };
    Pipeline { transitions: [(stage.to_owned(), transition)].into(), ..Pipeline::default() }
}

#[test]
fn within_a_stage() {
    use Action::{Abandoned, Failed, InProgress, Succeeded};
    let start = |action| Some(Move::Start { at: 0, action });
    let end = |status| Some(Move::EndStage { at: 0, status });
    let cases: &[(&str, Active, Option<Move>)] = &[
        ("nothing started", inside(1, "Build", &[]), start(0)),
        (
            "those of one run order start together",
            inside(1, "Build", &[("Compile", InProgress)]),
            start(1),
        ),
        (
            "the next run order waits for all",
            inside(1, "Build", &[("Compile", Succeeded), ("Lint", InProgress)]),
            None,
        ),
        (
            "the next run order",
            inside(1, "Build", &[("Compile", Succeeded), ("Lint", Succeeded)]),
            start(2),
        ),
        (
            "all through",
            inside(
                1,
                "Build",
                &[("Compile", Succeeded), ("Lint", Succeeded), ("Package", Succeeded)],
            ),
            end(Stage::Succeeded),
        ),
        (
            "a failure lets those beside it end",
            inside(1, "Build", &[("Compile", Failed), ("Lint", InProgress)]),
            None,
        ),
        (
            "a failure starts nothing more",
            inside(1, "Build", &[("Compile", Failed)]),
            end(Stage::Failed),
        ),
        (
            "a failure fails the stage",
            inside(1, "Build", &[("Compile", Failed), ("Lint", Succeeded)]),
            end(Stage::Failed),
        ),
        (
            "a retry starts what is not through",
            inside(1, "Build", &[("Lint", Succeeded)]),
            start(0),
        ),
        (
            "a stop waits for what runs",
            stopping(inside(1, "Build", &[("Compile", InProgress)])),
            None,
        ),
        (
            "a stop starts nothing",
            stopping(inside(1, "Build", &[("Compile", Succeeded)])),
            end(Stage::Stopped),
        ),
        (
            "a stop does not wait for what was abandoned",
            stopping(inside(1, "Build", &[("Compile", Abandoned), ("Lint", Abandoned)])),
            end(Stage::Stopped),
        ),
        (
            "a failure while stopping is a failure",
            stopping(inside(1, "Build", &[("Compile", Failed)])),
            end(Stage::Failed),
        ),
        ("what has ended does nothing", ended(inside(1, "Build", &[("Compile", Failed)])), None),
    ];
    for (what, active, want) in cases {
        let got = next(&Pipeline::default(), std::slice::from_ref(active));
        assert_eq!(got, *want, "{what}");
    }
}

#[test]
fn between_stages() {
    use Action::InProgress;
    let busy = |number, stage, action| inside(number, stage, &[(action, InProgress)]);
    let free = Pipeline::default();
    let cases: Vec<(&str, Pipeline, Vec<Active>, Option<Move>)> = vec![
        ("free", free.clone(), vec![waits(1, "Deploy")], Some(Move::Enter { at: 0 })),
        ("locked", free.clone(), vec![busy(1, "Deploy", "Deploy"), waits(2, "Deploy")], None),
        (
            "locked by one that has ended is free",
            free.clone(),
            vec![ended(busy(1, "Deploy", "Deploy")), waits(2, "Deploy")],
            Some(Move::Enter { at: 1 }),
        ),
        (
            "locked elsewhere is free",
            free.clone(),
            vec![busy(1, "Deploy", "Deploy"), waits(2, "Source")],
            Some(Move::Enter { at: 1 }),
        ),
        (
            "a newer one supersedes in front of a locked stage",
            free.clone(),
            vec![busy(1, "Deploy", "Deploy"), waits(2, "Deploy"), waits(3, "Deploy")],
            Some(Move::Supersede { at: 1 }),
        ),
        (
            "a newer one supersedes in front of a closed transition",
            closed("Deploy"),
            vec![waits(1, "Deploy"), waits(2, "Deploy")],
            Some(Move::Supersede { at: 0 }),
        ),
        ("a closed transition holds", closed("Deploy"), vec![waits(1, "Deploy")], None),
        (
            "a closed transition holds only there",
            closed("Deploy"),
            vec![waits(1, "Build")],
            Some(Move::Enter { at: 0 }),
        ),
        (
            "a newer one elsewhere supersedes nobody",
            closed("Deploy"),
            vec![waits(1, "Deploy"), waits(2, "Build")],
            Some(Move::Enter { at: 1 }),
        ),
        (
            "one in the stage is not superseded",
            free.clone(),
            vec![busy(2, "Deploy", "Deploy"), waits(3, "Deploy")],
            None,
        ),
        (
            "a stop ends the wait",
            closed("Deploy"),
            vec![stopping(waits(1, "Deploy"))],
            Some(Move::StopWaiting { at: 0 }),
        ),
        (
            "one that stops supersedes nobody",
            closed("Deploy"),
            vec![waits(1, "Deploy"), stopping(waits(2, "Deploy"))],
            Some(Move::StopWaiting { at: 1 }),
        ),
    ];
    for (what, pipeline, executions, want) in cases {
        assert_eq!(next(&pipeline, &executions), want, "{what}");
    }
}

#[test]
fn stages_are_found_by_name() {
    let declaration = usual();
    assert_eq!(stage_after(&declaration, "Source").map(|it| it.name.as_str()), Some("Build"));
    assert!(stage_after(&declaration, "Deploy").is_none());
    assert!(stage_after(&declaration, "Other").is_none());
    assert!(stage_of(&declaration, "Other").is_none());
}
