#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| codeyard_fuzz::run("test_report", data));
