using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>
/// Gives each job its own <see cref="Console"/>, as the kernel does: the process's console looks up the writers of the flow that calls.
/// </summary>
internal sealed class JobConsole(TextReader input, TextWriter output, TextWriter error)
{
    private static readonly AsyncLocal<JobConsole?> s_current = new();

    /// <summary>A console on open files; they are looked up anew for each transfer, so that a job can go on with others.</summary>
    public static JobConsole On(Func<int, OpenFile?> file) => new(
        new StreamReader(new OpenFileStream(() => file(0))), Writer(() => file(1)), Writer(() => file(2)));

    /// <summary>Runs a program with this console.</summary>
    public int Run(Func<string[], int> main, string[] arguments)
    {
        JobConsole? before = s_current.Value;
        s_current.Value = this;
        try
        {
            return main(arguments);
        }
        finally
        {
            s_current.Value = before;
        }
    }

    [ModuleInitializer]
    internal static void Install()
    {
        SetField("s_out", new Router(Console.Out, static console => console.Output));
        SetField("s_error", new Router(Console.Error, static console => console.Error));
        SetField("s_in", new InputRouter(Console.In));
    }

    /// <summary>Past Console.SetOut, which puts one lock around a writer: a job that blocks in a write would hold up its own reader.</summary>
    private static void SetField(string name, object value) =>
        typeof(Console).GetField(name, BindingFlags.NonPublic | BindingFlags.Static)!.SetValue(null, value);

    private static TextWriter Writer(Func<OpenFile?> file) =>
        TextWriter.Synchronized(new StreamWriter(new OpenFileStream(file)) { AutoFlush = true, NewLine = "\n" });

    private TextReader Input => input;

    private TextWriter Output => output;

    private TextWriter Error => error;

    private sealed class Router(TextWriter otherwise, Func<JobConsole, TextWriter> pick) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        private TextWriter Target => s_current.Value is { } console ? pick(console) : otherwise;

        public override void Write(char value) => Target.Write(value);

        public override void Write(string? value) => Target.Write(value);

        public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

        public override void WriteLine(string? value) => Target.Write(value + "\n");

        public override void WriteLine() => Target.Write("\n");

        public override void Flush() => Target.Flush();
    }

    private sealed class InputRouter(TextReader otherwise) : TextReader
    {
        private TextReader Target => s_current.Value is { } console ? console.Input : otherwise;

        public override int Read() => Target.Read();

        public override int Peek() => Target.Peek();

        public override string? ReadLine() => Target.ReadLine();

        public override int Read(char[] buffer, int index, int count) => Target.Read(buffer, index, count);
    }
}
