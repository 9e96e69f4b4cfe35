//! How is an instance judged with that has no way out? The gate promises that `load`
//! and `decide` need none of the imports, so the core module that has them is
//! instantiated by itself, every import a trap, and called in the Canonical ABI. As
//! functions of a component they would be tasks of a store that schedules them,
//! which costs twice what the rest of the call does.
//!
//! All that crosses is bytes: what they mean is [`crossing`]'s, on both sides.
//! <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use gatelet_core::credential::Usage;
use gatelet_core::{Head, Verdict, crossing};
use wasmtime::{Instance, InstancePre, Memory, Store, TypedFunc, WasmParams, WasmResults};

use crate::judging::DECIDE;

const LOAD: &str = "gatelet:edge/gate@0.1.0#load";
const ASK: &str = "gatelet:edge/gate@0.1.0#ask";
const CONCLUDE: &str = "gatelet:edge/gate@0.1.0#conclude";

/// Address and length in the guest's memory: a `list<u8>` or a `string`.
type Span = (u32, u32);

/// What has to be asked: `asked` of the interface.
pub(super) enum Asked {
    /// Nothing.
    Settled(Verdict),
    /// This, of whoever answers.
    Question(Arc<[u8]>),
}

/// Parameters of `conclude`: head, time, usage, question and finding.
type Concluded = (u32, u32, u64, u32, u32, u32, u32, u32);

/// An instance that judges.
pub(super) struct Decider {
    store: Store<()>,
    memory: Memory,
    allocate: TypedFunc<(u32, u32, u32, u32), u32>,
    load: TypedFunc<Span, u32>,
    loaded: TypedFunc<u32, ()>,
    decide: TypedFunc<(u32, u32, u64), u32>,
    decided: TypedFunc<u32, ()>,
    ask: TypedFunc<(u32, u32, u64, u32), u32>,
    asked: TypedFunc<u32, ()>,
    conclude: TypedFunc<Concluded, u32>,
    concluded: TypedFunc<u32, ()>,
    /// A head on its way in.
    written: Vec<u8>,
}

impl Decider {
    /// # Errors
    /// When the module does not speak the gate's ABI.
    pub(super) fn new(module: &InstancePre<()>, call_ticks: u64) -> Result<Self> {
        let mut store = Store::new(module.module().engine(), ());
        store.set_epoch_deadline(call_ticks);
        let instance = module.instantiate(&mut store)?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .context("the gate's module has no memory")?;
        Ok(Self {
            memory,
            allocate: function(&instance, &mut store, "cabi_realloc")?,
            load: function(&instance, &mut store, LOAD)?,
            loaded: function(&instance, &mut store, &format!("cabi_post_{LOAD}"))?,
            decide: function(&instance, &mut store, DECIDE)?,
            decided: function(&instance, &mut store, &format!("cabi_post_{DECIDE}"))?,
            ask: function(&instance, &mut store, ASK)?,
            asked: function(&instance, &mut store, &format!("cabi_post_{ASK}"))?,
            conclude: function(&instance, &mut store, CONCLUDE)?,
            concluded: function(&instance, &mut store, &format!("cabi_post_{CONCLUDE}"))?,
            store,
            written: Vec::new(),
        })
    }

    /// Grants the next call its time.
    pub(super) fn wind_up(&mut self, call_ticks: u64) {
        self.store.set_epoch_deadline(call_ticks);
    }

    /// # Errors
    /// The component's line for the operator, or what went wrong in the guest.
    pub(super) fn load(&mut self, settings: &[u8]) -> Result<()> {
        let settings = self.put(settings)?;
        let at = self.load.call(&mut self.store, settings)?;
        // `result<_, string>`: which case, and from the next aligned address on what
        // is in it.
        let outcome = match self.byte(at)? {
            0 => Ok(()),
            1 => Err(anyhow!(
                String::from_utf8_lossy(self.list(at + 4)?).into_owned()
            )),
            _ => bail!(MISSPOKEN),
        };
        self.loaded.call(&mut self.store, at)?;
        outcome
    }

    /// # Errors
    /// When the guest traps or answers nonsense.
    pub(super) fn decide(&mut self, head: &Head<'_>, now: u64) -> Result<Verdict> {
        let (at, length) = self.put_head(head)?;
        let at = self.decide.call(&mut self.store, (at, length, now))?;
        let verdict = crossing::read_verdict(self.list(at)?).context(MISSPOKEN)?;
        self.decided.call(&mut self.store, at)?;
        Ok(verdict)
    }

    /// What has to be asked about a head.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub(super) fn ask(&mut self, head: &Head<'_>, now: u64, usage: Usage) -> Result<Asked> {
        let (at, length) = self.put_head(head)?;
        let parameters = (at, length, now, crossed(usage));
        let at = self.ask.call(&mut self.store, parameters)?;
        // `variant`: which case, and from the next aligned address on what is in it.
        let held = self.list(at + 4)?;
        let asked = match self.byte(at)? {
            0 => Asked::Settled(crossing::read_verdict(held).context(MISSPOKEN)?),
            1 => Asked::Question(held.into()),
            _ => bail!(MISSPOKEN),
        };
        self.asked.call(&mut self.store, at)?;
        Ok(asked)
    }

    /// The verdict, once a question is answered.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub(super) fn conclude(
        &mut self,
        head: &Head<'_>,
        now: u64,
        usage: Usage,
        question: &[u8],
        finding: &[u8],
    ) -> Result<Verdict> {
        let (head, head_length) = self.put_head(head)?;
        let (question, question_length) = self.put(question)?;
        let (finding, finding_length) = self.put(finding)?;
        let parameters = (
            head,
            head_length,
            now,
            crossed(usage),
            question,
            question_length,
            finding,
            finding_length,
        );
        let at = self.conclude.call(&mut self.store, parameters)?;
        let verdict = crossing::read_verdict(self.list(at)?).context(MISSPOKEN)?;
        self.concluded.call(&mut self.store, at)?;
        Ok(verdict)
    }

    fn put_head(&mut self, head: &Head<'_>) -> Result<Span> {
        let mut written = std::mem::take(&mut self.written);
        written.clear();
        let written = crossing::write_head(head, written);
        let span = self.put(&written)?;
        self.written = written;
        Ok(span)
    }

    /// Copies bytes in; the guest owns them from then on.
    fn put(&mut self, bytes: &[u8]) -> Result<Span> {
        let length = u32::try_from(bytes.len())?;
        let room = (0, 0, 1, length);
        let at = self.allocate.call(&mut self.store, room)?;
        self.memory.write(&mut self.store, at as usize, bytes)?;
        Ok((at, length))
    }

    fn byte(&self, at: u32) -> Result<u8> {
        let byte = self.memory.data(&self.store).get(at as usize);
        byte.copied().context(MISSPOKEN)
    }

    /// The list whose address and length are at `at`. Neither is believed.
    fn list(&self, at: u32) -> Result<&[u8]> {
        let memory = self.memory.data(&self.store);
        let span = memory.get(at as usize..).and_then(<[u8]>::first_chunk);
        let [a, b, c, d, e, f, g, h] = *span.context(MISSPOKEN)?;
        let start = u32::from_le_bytes([a, b, c, d]) as usize;
        let length = u32::from_le_bytes([e, f, g, h]) as usize;
        let end = start.checked_add(length).context(MISSPOKEN)?;
        memory.get(start..end).context(MISSPOKEN)
    }
}

/// The case of `usage` by its number.
fn crossed(usage: Usage) -> u32 {
    match usage {
        Usage::Arriving => 0,
        Usage::Active => 1,
        Usage::Silent => 2,
    }
}

const MISSPOKEN: &str = "the gate's module answers in another form than its interface says";

fn function<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<()>,
    name: &str,
) -> Result<TypedFunc<P, R>> {
    let function = instance.get_typed_func(store, name);
    function
        .map_err(anyhow::Error::from)
        .with_context(|| format!("the gate's module: {name}"))
}
