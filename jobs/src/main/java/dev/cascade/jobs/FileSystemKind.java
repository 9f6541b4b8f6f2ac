package dev.cascade.jobs;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What can be relied on where files lie, by what the operating system calls the file system.
///
/// - `LOCAL`: locks and times are this machine's
/// - `NETWORK`: both are a server's
/// - `BRIDGE`: another system of the same machine has it, as WSL and virtual machines do
/// - `MEMORY`: it is gone with the next start
enum FileSystemKind {

    LOCAL, NETWORK, BRIDGE, MEMORY;

    private static final Pattern OF_A_SERVER = Pattern.compile(
            "nfs\\d?|cifs|smb\\w*|afs|afpfs|ceph|glusterfs|lustre|beegfs|webdav|davfs\\d?|fuse\\..+|sshfs|macfuse");
    private static final Set<String> OF_ANOTHER_SYSTEM = Set.of("9p", "v9fs", "drvfs", "wslfs",
            "virtiofs", "vboxsf", "prl_fs", "hgfs", "fuse.vmhgfs-fuse", "fakeowner",
            "fuse.grpcfuse",
            "grpcfuse");
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    /// @param type such as `ext4`
    static FileSystemKind of(String type) {
        String name = type.toLowerCase(Locale.ROOT);
        return OF_ANOTHER_SYSTEM.contains(name) ? BRIDGE
                : IN_MEMORY.contains(name) ? MEMORY
                        : OF_A_SERVER.matcher(name).matches() ? NETWORK : LOCAL;
    }
}
