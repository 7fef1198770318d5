//! The process is killed after every journalled step, and goes on.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use engine::kill::{Ended, VARIABLE, after_every_step};
use engine::{EngineError, Next, Run};
use serde_json::json;
use store::{Options, Store};

use crate::{Scripted, raw, start, until, wake};

const DIR: &str = "CODEYARD_TEST_KILL_DIR";
const STEPS: u64 = 6;

async fn some_steps(run: Run) -> Result<Next, EngineError> {
    for n in 0..STEPS / 2 {
        let outside = run
            .step(&format!("outside {n}"), json!(n), |step| async move {
                // The world outside recognizes repetitions by the key.
                let dir = std::env::var(DIR).unwrap();
                std::fs::write(Path::new(&dir).join(step.idempotency_key), b"").unwrap();
                Ok(json!(n * 10))
            })
            .await?;
        assert_eq!(outside, json!(n * 10));
        run.step_tx(&format!("inside {n}"), outside, |tx| Ok(json!(tx.next_sequence("effects")?)))
            .await?;
    }
    run.write(|tx| {
        let ends = tx.next_sequence("ends")?;
        Ok(tx.put_raw("t", b"ends", ends.to_string().as_bytes())?)
    })
    .await?;
    Ok(Next::Done)
}

/// The process that dies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let store = Store::open(Path::new(&dir), Options::default()).unwrap();
    let reconciler = Arc::new(Scripted::new(some_steps));
    if store.read(|tx| tx.last_sequence("begun")) == Ok(0) {
        store.write::<_, EngineError>(|tx| Ok(tx.next_sequence("begun")?)).await.unwrap();
        wake(&store, "k").await;
    }
    let engine = start(&store, &reconciler).await;
    until("it has ended", || raw(&store, "t", b"ends").is_some()).await;
    engine.shutdown(Duration::from_secs(5)).await;
    assert!(crate::is_clean(&store));
    assert_eq!(store.read(|tx| tx.last_sequence("effects")), Ok(STEPS / 2));
    assert_eq!(raw(&store, "t", b"ends").as_deref(), Some("1"), "it ended exactly once");
    let outside = std::fs::read_dir(&dir).unwrap();
    let outside = outside.filter(|it| it.as_ref().unwrap().file_name().len() == 32).count();
    assert_eq!(outside as u64, STEPS / 2, "each effect outside has one key");
}

#[test]
fn every_step_survives_a_kill() {
    let root = tempfile::tempdir().unwrap();
    let steps = after_every_step(20, |round, kill| {
        let dir = root.path().join(round.to_string());
        std::fs::create_dir_all(&dir).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "killed::child", "--nocapture"]).env(DIR, &dir).env_remove(VARIABLE);
        if let Some(step) = kill {
            child.env(VARIABLE, step.to_string());
        }
        let output = child.output().map_err(|error| error.to_string())?;
        match output.status.code() {
            Some(0) => Ok(Ended::Finished),
            None => Ok(Ended::Killed),
            Some(_) => Err(format!(
                "round {round}: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    })
    .unwrap();
    assert_eq!(steps, STEPS);
}
