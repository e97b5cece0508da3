using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Tasks;

/// <summary>
/// Gives every job its own Console.Out, Console.Error and Console.In. The class library has one of each, and puts a lock around a writer that is set: a job that
/// blocks in a write would then hold up all others, its own reader among them. So the routers go straight into Console's fields.
/// </summary>
internal static class ConsoleRouter
{
    /// <summary>The number under which code outside of jobs has its descriptors.</summary>
    public const int KernelJob = 0;

    /// <summary>Installs the routers. Code outside of jobs has the kernel's own descriptors.</summary>
    public static void Install(FileTable files)
    {
        JobStreams kernel = new(files, KernelJob);
        SetField("s_out", new RoutedWriter(() => (Job.Current?.Streams ?? kernel).Output));
        SetField("s_error", new RoutedWriter(() => (Job.Current?.Streams ?? kernel).Error));
        SetField("s_in", new RoutedReader(() => (Job.Current?.Streams ?? kernel).Input));

        // Else the first program that asks would decide for all whether the class library edits lines itself, on that program's descriptor.
        SetField("_isStdInRedirected", new StrongBox<bool>(true));
    }

    [DynamicDependency(DynamicallyAccessedMemberTypes.NonPublicFields, typeof(Console))]
    [UnconditionalSuppressMessage("Trimming", "IL2080", Justification = "The dependency above keeps the fields.")]
    private static void SetField(string name, object value)
    {
        FieldInfo field = typeof(Console).GetField(name, BindingFlags.NonPublic | BindingFlags.Static)
            ?? throw new MissingFieldException(nameof(Console), name);
        field.SetValue(null, value);
    }

    private sealed class RoutedWriter : TextWriter
    {
        private readonly Func<TextWriter> _target;

        public RoutedWriter(Func<TextWriter> target) => _target = target;

        public override Encoding Encoding => _target().Encoding;

        [AllowNull]
        public override string NewLine
        {
            get => _target().NewLine;
            set => _target().NewLine = value;
        }

        public override void Write(char value) => _target().Write(value);

        public override void Write(char[] buffer, int index, int count) => _target().Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => _target().Write(buffer);

        public override void Write(string? value) => _target().Write(value);

        public override void WriteLine() => _target().WriteLine();

        public override void WriteLine(string? value) => _target().WriteLine(value);

        public override void WriteLine(ReadOnlySpan<char> buffer) => _target().WriteLine(buffer);

        public override void Flush() => _target().Flush();
    }

    private sealed class RoutedReader : TextReader
    {
        private readonly Func<TextReader> _target;

        public RoutedReader(Func<TextReader> target) => _target = target;

        public override int Peek() => _target().Peek();

        public override int Read() => _target().Read();

        public override int Read(char[] buffer, int index, int count) => _target().Read(buffer, index, count);

        public override int Read(Span<char> buffer) => _target().Read(buffer);

        public override string? ReadLine() => _target().ReadLine();

        public override string ReadToEnd() => _target().ReadToEnd();
    }
}
