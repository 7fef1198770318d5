use serde_json::json;

use super::*;

fn event() -> Value {
    json!({
        "version": "0", "id": "1", "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2", "account": "123456789012", "region": "us-west-1",
        "resources": ["arn:aws:ec2:us-west-1:1:instance/i-1", "arn:aws:ec2:us-west-1:1:volume/v"],
        "detail": {
            "state": "terminated", "c-count": 5, "d-count": 3, "x-limit": 301.8, "ok": true,
            "none": null, "empty": "", "ip": "10.0.0.17", "ip6": "2001:db8::1",
            "file": "dir/image.PNG", "list": [1, 2, "three"], "deep": {"a": {"b": "c"}},
            "people": [{"name": "a", "age": 1}, {"name": "b", "age": 2}],
        },
    })
}

fn fits(pattern: Value) -> bool {
    Pattern::parse(&pattern.to_string())
        .unwrap_or_else(|error| panic!("{pattern}: {error}"))
        .matches(&event())
}

#[test]
fn patterns_that_fit() {
    for pattern in [
        json!({"source": ["aws.ec2"]}),
        json!({"source": ["x", "aws.ec2"], "detail": {"state": ["terminated"]}}),
        json!({"resources": ["arn:aws:ec2:us-west-1:1:volume/v"]}),
        json!({"detail": {"c-count": [5.0], "ok": [true], "none": [null], "empty": [""]}}),
        json!({"region": [{"prefix": "us-"}]}),
        json!({"detail": {"file": [{"suffix": ".PNG"}]}}),
        json!({"detail": {"file": [{"suffix": {"equals-ignore-case": ".png"}}]}}),
        json!({"detail": {"file": [{"prefix": {"equals-ignore-case": "DIR/"}}]}}),
        json!({"detail": {"state": [{"anything-but": "initializing"}]}}),
        json!({"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}}),
        json!({"detail": {"state": [{"anything-but": {"prefix": "init"}}]}}),
        json!({"detail": {"state": [{"anything-but": {"suffix": ["ing", "ed!"]}}]}}),
        json!({"detail": {"state": [{"anything-but": {"equals-ignore-case": ["X", "Y"]}}]}}),
        json!({"detail": {"file": [{"anything-but": {"wildcard": "*/lib/*"}}]}}),
        json!({"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}]}}),
        json!({"detail": {"d-count": [{"numeric": ["<", 10]}], "x-limit": [{"numeric": ["=", 3.018e2]}]}}),
        json!({"detail": {"ip": [{"cidr": "10.0.0.0/24"}], "ip6": [{"cidr": "2001:db8::/32"}]}}),
        json!({"detail": {"ip": [{"cidr": "0.0.0.0/0"}]}}),
        json!({"detail": {"state": [{"exists": true}], "nothing": [{"exists": false}]}}),
        json!({"detail": {"missing": {"leaf": [{"exists": false}]}}}),
        json!({"detail": {"deep": [{"exists": false}]}}),
        json!({"detail": {"state": [{"equals-ignore-case": "TERMINATED"}]}}),
        json!({"detail": {"file": [{"wildcard": "dir/*.PNG"}]}}),
        json!({"detail": {"list": [2]}}),
        json!({"detail": {"deep": {"a": {"b": ["c"]}}}}),
        json!({"detail": {"people": {"name": ["b"], "age": [2]}}}),
        json!({"detail": {"$or": [{"c-count": [{"numeric": [">", 10]}]}, {"d-count": [3]}]}}),
        json!({"$or": [{"source": ["x"]}, {"detail": {"state": ["terminated"]}}], "region": ["us-west-1"]}),
    ] {
        assert!(fits(pattern.clone()), "{pattern}");
    }
}

#[test]
fn patterns_that_do_not_fit() {
    for pattern in [
        json!({"source": ["aws.EC2"]}),
        json!({"source": ["aws.ec2"], "detail": {"state": ["running"]}}),
        json!({"detail": {"c-count": ["5"]}}),
        json!({"detail": {"none": [""]}}),
        json!({"detail": {"empty": [null]}}),
        json!({"detail": {"state": [{"anything-but": ["terminated", "x"]}]}}),
        json!({"detail": {"missing": [{"anything-but": "x"}]}}),
        json!({"detail": {"file": [{"anything-but": {"suffix": ".PNG"}}]}}),
        json!({"detail": {"c-count": [{"numeric": [">", 0, "<", 5]}]}}),
        json!({"detail": {"ip": [{"cidr": "10.0.1.0/24"}], "state": ["terminated"]}}),
        json!({"detail": {"ip6": [{"cidr": "10.0.0.0/8"}]}}),
        json!({"detail": {"state": [{"exists": false}]}}),
        json!({"detail": {"deep": [{"exists": true}]}}),
        json!({"detail": {"file": [{"wildcard": "*.png"}]}}),
        json!({"detail": {"people": {"name": ["a"], "age": [2]}}}),
        json!({"detail": {"deep": {"a": ["c"]}}}),
        json!({"$or": [{"source": ["x"]}, {"source": ["y"]}]}),
        json!({"$or": [{"source": ["aws.ec2"]}, {"source": ["y"]}], "region": ["eu-west-1"]}),
    ] {
        assert!(!fits(pattern.clone()), "{pattern}");
    }
}

#[test]
fn bad_patterns_are_refused() {
    let deep = format!("{}[1]{}", "{\"a\":".repeat(100), "}".repeat(100));
    let pairs: Vec<_> = (0..4).map(|n| json!({"a": [n]})).collect();
    let many = json!({
        "a": {"$or": pairs}, "b": {"$or": pairs}, "c": {"$or": pairs}, "d": {"$or": pairs},
        "e": {"$or": pairs},
    });
    for bad in [
        "",
        "x",
        "[]",
        "\"a\"",
        "{}",
        r#"{"a": "b"}"#,
        r#"{"a": []}"#,
        r#"{"a": {}}"#,
        r#"{"a": [[1]]}"#,
        r#"{"a": [{}]}"#,
        r#"{"a": [{"prefix": 1}]}"#,
        r#"{"a": [{"prefix": "a", "suffix": "b"}]}"#,
        r#"{"a": [{"unknown": 1}]}"#,
        r#"{"a": [{"numeric": [">"]}]}"#,
        r#"{"a": [{"numeric": [">", "1"]}]}"#,
        r#"{"a": [{"numeric": ["<", 1, ">", 0]}]}"#,
        r#"{"a": [{"numeric": [">", 5, "<", 1]}]}"#,
        r#"{"a": [{"cidr": "10.0.0.0"}]}"#,
        r#"{"a": [{"cidr": "10.0.0.0/33"}]}"#,
        r#"{"a": [{"anything-but": []}]}"#,
        r#"{"a": [{"anything-but": {"numeric": ["=", 1]}}]}"#,
        r#"{"a": [{"exists": "yes"}]}"#,
        r#"{"a": [{"wildcard": "a**b"}]}"#,
        r#"{"a": [{"wildcard": "a\\b"}]}"#,
        r#"{"$or": [{"a": [1]}]}"#,
        r#"{"$or": {"a": [1]}}"#,
        &deep,
        &many.to_string(),
    ] {
        assert!(Pattern::parse(bad).is_err(), "{bad}");
    }
}
