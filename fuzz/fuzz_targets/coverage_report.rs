#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| codeyard_fuzz::run("coverage_report", data));
