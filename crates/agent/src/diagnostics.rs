//! What the yard is told about how a command ended.

use serde_json::json;

/// The longest diagnostics that the service takes, in characters.
const MAX_PAYLOAD: usize = 8192;
/// What is left for the message when the log takes its full length.
const MAX_MESSAGE: usize = 2048;

/// The published agent's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// 0
    Success,
    /// 1: a script is not there.
    ScriptMissing,
    /// 2: a script cannot be made executable.
    ScriptNotExecutable,
    /// 3: a script ran too long.
    ScriptTimedOut,
    /// 4: a script failed.
    ScriptFailed,
    /// 5: anything else.
    Unknown,
    /// 6: a script ended, but something that it started held its outputs.
    OutputsLeftOpen,
    /// 7: the agent itself ended while the command ran.
    FailedAfterRestart,
}

impl Code {
    fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::ScriptMissing => 1,
            Self::ScriptNotExecutable => 2,
            Self::ScriptTimedOut => 3,
            Self::ScriptFailed => 4,
            Self::Unknown => 5,
            Self::OutputsLeftOpen => 6,
            Self::FailedAfterRestart => 7,
        }
    }
}

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    /// The script's location in the AppSpec file; empty if none is to blame.
    pub(crate) script: String,
    pub(crate) message: String,
    /// The last lines of output.
    pub(crate) log: String,
}

impl Failure {
    /// A failure that no script is to blame for.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self {
            code: Code::Unknown,
            script: String::new(),
            message: message.into(),
            log: String::new(),
        }
    }

    /// As the service takes it.
    pub(crate) fn payload(&self) -> String {
        payload(self.code, &self.script, &self.message, &self.log)
    }
}

/// The diagnostics of a success.
pub(crate) fn success(message: &str, log: &str) -> String {
    payload(Code::Success, "", &format!("Succeeded: {message}"), log)
}

fn payload(code: Code, script: &str, message: &str, log: &str) -> String {
    let message: String = message.chars().take(MAX_MESSAGE).collect();
    let mut log = log;
    loop {
        let json = json!({
            "error_code": code.number(),
            "script_name": script,
            "message": message,
            "log": log,
        })
        .to_string();
        // Escapes can make any text longer; the end of the log says most.
        if json.chars().count() <= MAX_PAYLOAD || log.is_empty() {
            return json;
        }
        let middle = log.len() / 2;
        let cut = (middle..=log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or(log.len());
        log = log.get(cut..).filter(|rest| rest.len() < log.len()).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn payloads_fit() {
        for log in ["\u{1}".repeat(5000), "ü\"".repeat(4000), "x".repeat(20_000), String::new()] {
            let failure = Failure {
                code: Code::ScriptFailed,
                script: "s.sh".to_owned(),
                message: "\"".repeat(3000),
                log: format!("{log}end"),
            };
            let payload = failure.payload();
            assert!(payload.chars().count() <= MAX_PAYLOAD, "{}", payload.len());
            let json: Value = serde_json::from_str(&payload).unwrap();
            assert_eq!(json["error_code"], 4);
            assert!(json["log"].as_str().unwrap().ends_with("end"));
        }
        assert!(success("", "").contains("\"error_code\":0"));
    }
}
