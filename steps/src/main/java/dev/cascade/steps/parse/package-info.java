/// Bytes to [dev.cascade.steps.memory.MemoryDocument], by the shape that a kind names.
///
/// One reader for each shape; what the fields are called is said by the kind alone. A file's own
/// fault is a [dev.cascade.steps.memory.MalformedMemory], an oddity of one entry is a finding.
@NullMarked
package dev.cascade.steps.parse;

import org.jspecify.annotations.NullMarked;
