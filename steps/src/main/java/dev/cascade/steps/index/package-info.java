/// The keyword index: what is written for each file, who writes it, and how it is read back.
///
/// One generation of the index is one folder. [MemoryIndex] is the only writer of it; any number of
/// [IndexView]s, in this process or another, read the last commit beside it.
@NullMarked
package dev.cascade.steps.index;

import org.jspecify.annotations.NullMarked;
