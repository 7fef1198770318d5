//! Where this suite's sandboxes run: in containers.

use super::engine::{IMAGE, TestEngine, skipped};
use codeyard_sandbox::docker::{Container, Engine};

const ENGINE: &str = "CODEYARD_TEST_ENGINE";

/// None where there is no engine: the test then runs in namespaces, and says so.
pub fn container() -> Option<Container> {
    if let Ok(address) = std::env::var(ENGINE) {
        return Some(Container::new(Engine::at(&address).unwrap(), IMAGE));
    }
    match TestEngine::shared() {
        Ok(engine) => Some(Container::new(Engine::on(engine.socket()), IMAGE)),
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

/// What a process that plays the yard must know of it.
pub fn environment() -> Option<(&'static str, String)> {
    TestEngine::shared().ok().map(|engine| (ENGINE, engine.address()))
}
