//! The description of an interface (`OpenAPI`), and answers held against it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The description as it is served, and what it says of an answer.
#[derive(Debug, Clone)]
pub struct Described(pub Value);

impl Described {
    /// The schema of an answer of this kind.
    #[must_use]
    pub fn answer(&self, method: &str, path: &str, status: u16, kind: &str) -> &Value {
        let method = method.to_lowercase();
        let answers = &self.0["paths"][path][&method]["responses"];
        let answer = answers.get(status.to_string()).unwrap_or_else(|| panic!("{method} {path} {status}"));
        let contents = answer["content"].as_object().unwrap();
        assert!(
            contents.contains_key(kind),
            "{method} {path} {status}: {kind} is none of {:?}",
            contents.keys()
        );
        &contents[kind]["schema"]
    }

    /// Holds a value against a schema, more strictly than the schema does: every key must be described.
    pub fn check(&self, schema: &Value, value: &Value, at: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.strip_prefix("#/components/schemas/").unwrap();
            let schema =
                self.0["components"]["schemas"].get(name).unwrap_or_else(|| panic!("no schema {name}"));
            return self.check(schema, value, at);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let fitting = choices.iter().find(|choice| (choice["type"] == "null") == value.is_null());
            return self.check(fitting.unwrap_or_else(|| panic!("{at}: {value}")), value, at);
        }
        if let Some(allowed) = schema["enum"].as_array() {
            assert!(allowed.contains(value), "{at}: {value} is none of {allowed:?}");
        }
        let types = match &schema["type"] {
            Value::Array(types) => types.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        assert!(types.is_empty() || types.contains(&json!(type_of(value))), "{at}: {value} is no {types:?}");
        match value {
            Value::Object(object) => self.check_object(schema, object, at),
            Value::Array(items) => {
                for item in items {
                    self.check(&schema["items"], item, &format!("{at}[]"));
                }
            }
            _ => {}
        }
    }

    fn check_object(&self, schema: &Value, object: &serde_json::Map<String, Value>, at: &str) {
        let (mut known, mut required) = (BTreeMap::new(), BTreeSet::new());
        self.collect(schema, &mut known, &mut required);
        for key in required {
            assert!(object.contains_key(&key), "{at} has no {key}");
        }
        for (key, value) in object {
            let schema = known.get(key).copied().or_else(|| schema.get("additionalProperties"));
            self.check(
                schema.unwrap_or_else(|| panic!("{at}.{key} is not described")),
                value,
                &format!("{at}.{key}"),
            );
        }
    }

    /// The keys of an object, those of the parts that it is made of as well.
    fn collect<'a>(
        &'a self,
        schema: &'a Value,
        known: &mut BTreeMap<String, &'a Value>,
        required: &mut BTreeSet<String>,
    ) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.strip_prefix("#/components/schemas/").unwrap();
            return self.collect(&self.0["components"]["schemas"][name], known, required);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect(part, known, required);
        }
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            known.insert(key.clone(), schema);
        }
        required.extend(
            schema["required"].as_array().into_iter().flatten().map(|key| key.as_str().unwrap().to_owned()),
        );
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
