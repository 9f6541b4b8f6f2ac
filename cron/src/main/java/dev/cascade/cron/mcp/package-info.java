/// What an agent may ask for: tools of the Model Context Protocol over one root. It holds no work of its
/// own; each tool asks jobs and tells the record that it gets.
@NullMarked
package dev.cascade.cron.mcp;

import org.jspecify.annotations.NullMarked;
