//! moto_server, the peer that is nearest in kind: installed by pip beside the build.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PIN: &str = "moto[server]==5.2.5";

pub(crate) struct Moto {
    child: Child,
    pub(crate) host: String,
}

impl Moto {
    /// Starts it on a free port and waits until it answers.
    pub(crate) fn start() -> Self {
        let bin = installed();
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let child = Command::new(bin.join("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let host = format!("127.0.0.1:{port}");
        let deadline = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(&host).is_err() {
            assert!(Instant::now() < deadline, "moto_server did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, host }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn installed() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let target = exe.ancestors().find(|dir| dir.join("CACHEDIR.TAG").exists()).unwrap();
    let venv = target.join("bench-venv");
    if !venv.join("bin/moto_server").exists() {
        let python = venv.join("bin/python");
        assert!(
            Command::new("python3").args(["-m", "venv"]).arg(&venv).status().unwrap().success()
        );
        let install = ["-m", "pip", "install", "--quiet", PIN];
        assert!(Command::new(python).args(install).status().unwrap().success());
    }
    venv.join("bin")
}
