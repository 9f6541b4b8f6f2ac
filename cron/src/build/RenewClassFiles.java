import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/// Writes the classes of a jar in the format of Java 8, with the stack maps that the JVM verifies quickly; their
/// code stays as it is. Class files of Java 5 can be in no start-up cache, so that each start would read and verify
/// them anew. docs/decisions/0002-start-from-an-extracted-jar.md
///
/// The build runs it: `java RenewClassFiles.java JAR`.
void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Map<String, byte[]> classes = new HashMap<>();
    try (JarFile old = new JarFile(jar.toFile())) {
        for (JarEntry entry : old.stream().filter(entry -> isOldClass(entry.getName())).toList()) {
            try (InputStream in = old.getInputStream(entry)) {
                classes.put(entry.getName(), in.readAllBytes());
            }
        }
    }
    if (classes.isEmpty()) {
        throw new IOException("%s holds no class".formatted(jar));
    }
    ClassFile format = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver
                    .ofResourceParsing(type -> stream(classes.get(fileName(type))))
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    ByteArrayOutputStream renewed = new ByteArrayOutputStream();
    try (JarInputStream old = new JarInputStream(Files.newInputStream(jar));
            JarOutputStream out = new JarOutputStream(renewed, renamed(old.getManifest()))) {
        for (JarEntry entry = old.getNextJarEntry(); entry != null; entry = old.getNextJarEntry()) {
            ZipEntry copy = new ZipEntry(entry.getName());
            copy.setTime(entry.getTime());
            out.putNextEntry(copy);
            byte[] before = classes.get(entry.getName());
            out.write(before == null ? old.readAllBytes() : renew(format, before));
        }
    }
    FileTime time = Files.getLastModifiedTime(jar);
    Files.write(jar, renewed.toByteArray());
    Files.setLastModifiedTime(jar, time);
    IO.println("%d classes of %s are in the format of Java 8 now".formatted(classes.size(), jar.getFileName()));
}

/// Not those for a newer Java, which are in its format already.
boolean isOldClass(String name) {
    return name.endsWith(".class") && !name.startsWith("META-INF/");
}

String fileName(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1) + ".class";
}

InputStream stream(byte[] bytes) {
    return bytes == null ? null : new ByteArrayInputStream(bytes);
}

Manifest renamed(Manifest manifest) {
    manifest.getMainAttributes().putValue("Changed-By-Cascade", "class files rewritten in the format of Java 8");
    return manifest;
}

/// @throws IllegalStateException
///     if a JVM would refuse the result
byte[] renew(ClassFile format, byte[] bytes) {
    byte[] renewed = format.transformClass(format.parse(bytes), ClassTransform
            .dropping(ClassFileVersion.class::isInstance)
            .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL))
            .andThen(ClassTransform.endHandler(made -> made.withVersion(ClassFile.JAVA_8_VERSION, 0))));
    List<VerifyError> errors = format.verify(renewed);
    if (!errors.isEmpty()) {
        throw new IllegalStateException(errors.getFirst());
    }
    return renewed;
}
