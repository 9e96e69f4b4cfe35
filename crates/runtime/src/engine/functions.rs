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

    /// Most of them: of what a compiler had in hand before, wasmtime may see a trace in a
    /// function that is the same, and compiles it again.
    #[test]
    fn functions_of_two_modules_are_compiled_once_and_run_in_both() {
        const SHARED: usize = 100;
        let functions = Arc::new(Functions::default());
        let mut config = Config::new();
        config
            .enable_incremental_compilation(Arc::clone(&functions) as Arc<dyn CacheStore>)
            .unwrap();
        let engine = Engine::new(&config).unwrap();
        let count = || functions.0.lock().unwrap().len();
        let times = |number: usize| {
            format!(
                "(func (export \"times {number}\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const {number})))"
            )
        };
        let shared: String = (1..=SHARED).map(times).collect();
        let compile = |more: &str| {
            let wasm = wat::parse_str(format!("(module {shared} {more})")).unwrap();
            Module::new(&engine, wasm).unwrap()
        };
        compile("");
        let one = count();
        assert!(one >= SHARED);
        let both = compile("(func (export \"none\") (result i32) (i32.const 7))");
        let more = count() - one;
        assert!((1..SHARED / 2).contains(&more), "{more}");
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = wasmtime::Instance::new(&mut store, &both, &[]).unwrap();
        for number in 1..=SHARED {
            let times = format!("times {number}");
            let times = instance.get_typed_func::<i32, i32>(&mut store, &times);
            let expected = i32::try_from(6 * number).unwrap();
            assert_eq!(times.unwrap().call(&mut store, 6).unwrap(), expected);
        }
    }
}
