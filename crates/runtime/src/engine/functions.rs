//! Which functions has this process compiled? Several components carry the same store, and
//! languages' libraries besides: what is the same is compiled once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use wasmtime::CacheStore;

/// Compiled functions by what they were compiled from, as wasmtime names it. In memory: for
/// a process that compiles and ends (docs/design/0049).
#[derive(Debug, Default)]
pub(super) struct Functions(Mutex<HashMap<Box<[u8]>, Vec<u8>>>);

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).map(|code| Cow::Owned(code.clone()))
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key.into(), value);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wasmtime::{Config, Engine, Module};

    use super::*;

    #[test]
    fn a_function_of_two_modules_is_compiled_once_and_runs_in_both() {
        let functions = Arc::new(Functions::default());
        let mut config = Config::new();
        config
            .enable_incremental_compilation(Arc::clone(&functions) as Arc<dyn CacheStore>)
            .unwrap();
        let engine = Engine::new(&config).unwrap();
        let count = || functions.0.lock().unwrap().len();
        let shared = "(func (export \"twice\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))";
        let module = |more: &str| format!("(module {shared} {more})");
        let compile = |text: &str| Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        compile(&module(""));
        let one = count();
        assert!(one > 0);
        compile(&module(""));
        assert_eq!(count(), one);
        let both = compile(&module(
            "(func (export \"none\") (result i32) (i32.const 7))",
        ));
        assert!(count() > one);
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = wasmtime::Instance::new(&mut store, &both, &[]).unwrap();
        let twice = instance.get_typed_func::<i32, i32>(&mut store, "twice");
        assert_eq!(twice.unwrap().call(&mut store, 21).unwrap(), 42);
    }
}
