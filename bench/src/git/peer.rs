//! The peer: stock `git http-backend` behind nginx and fcgiwrap, or, where they are not installed,
//! behind as little of a server as CGI needs.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running peer that serves the bare repositories below a folder.
pub(crate) struct Peer {
    children: Vec<Child>,
    url: String,
    /// What it is.
    pub(crate) name: &'static str,
}

impl Peer {
    pub(crate) fn start(www: &Path) -> Self {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let (children, name) = match nginx(www, port) {
            Some(children) => (children, "git http-backend behind nginx"),
            None => (vec![python(www, port)], "git http-backend behind python (no nginx here)"),
        };
        let host = format!("127.0.0.1:{port}");
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&host).is_err() {
            assert!(Instant::now() < deadline, "the peer did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { children, url: format!("http://{host}"), name }
    }

    pub(crate) fn url(&self, repository: &str) -> String {
        format!("{}/{repository}", self.url)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        for child in &mut self.children {
            // nginx and fcgiwrap end their workers on SIGTERM.
            let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
            let _ = child.wait();
        }
    }
}

fn python(www: &Path, port: u16) -> Child {
    Command::new("python3")
        .current_dir(www)
        .args(["-c", include_str!("http_backend.py"), &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// `None` without nginx, fcgiwrap or git's CGI program.
fn nginx(www: &Path, port: u16) -> Option<Vec<Child>> {
    let found = |paths: &[&'static str]| paths.iter().find(|it| Path::new(it).exists()).copied();
    let nginx = found(&["/usr/sbin/nginx", "/usr/bin/nginx"])?;
    let fcgiwrap = found(&["/usr/sbin/fcgiwrap", "/usr/bin/fcgiwrap"])?;
    let backend =
        found(&["/usr/lib/git-core/git-http-backend", "/usr/libexec/git-core/git-http-backend"])?;
    let dir = www.parent().unwrap();
    let shown = |name: &str| dir.join(name).display().to_string();
    let socket = shown("fcgi.sock");
    let config = format!(
        "daemon off;\nuser root;\nworker_processes 2;\npid {pid};\nerror_log {log};\n\
         events {{ worker_connections 256; }}\n\
         http {{\n access_log off;\n client_body_temp_path {temp};\n fastcgi_temp_path {temp};\n\
         proxy_temp_path {temp};\n uwsgi_temp_path {temp};\n scgi_temp_path {temp};\n\
         server {{\n listen 127.0.0.1:{port};\n client_max_body_size 0;\n location / {{\n\
         fastcgi_pass unix:{socket};\n fastcgi_buffering off;\n\
         fastcgi_param SCRIPT_FILENAME {backend};\n fastcgi_param GIT_HTTP_EXPORT_ALL \"\";\n\
         fastcgi_param GIT_PROJECT_ROOT {root};\n fastcgi_param PATH_INFO $uri;\n\
         fastcgi_param REQUEST_METHOD $request_method;\n fastcgi_param QUERY_STRING $query_string;\n\
         fastcgi_param CONTENT_TYPE $content_type;\n fastcgi_param CONTENT_LENGTH $content_length;\n\
         fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;\n\
         fastcgi_param GIT_PROTOCOL $http_git_protocol;\n fastcgi_param REMOTE_USER bench;\n\
         }}\n }}\n}}\n",
        pid = shown("nginx.pid"),
        log = shown("nginx.log"),
        temp = shown("nginx-temp"),
        root = www.display(),
    );
    std::fs::write(dir.join("nginx.conf"), config).unwrap();
    let wrap = Command::new(fcgiwrap)
        .args(["-c", "8", "-s", &format!("unix:{socket}")])
        // The folders belong to whoever runs the benchmark.
        .envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory")])
        .env("GIT_CONFIG_VALUE_0", "*")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    while !Path::new(&socket).exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let front = Command::new(nginx)
        .args(["-c", &shown("nginx.conf"), "-p", &dir.display().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    Some(vec![front, wrap])
}
