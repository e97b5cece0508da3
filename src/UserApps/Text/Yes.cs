using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>yes: prints a line until it is stopped.</summary>
internal static class Yes
{
    public const string Help = """
        Usage: yes [TEXT...]
        Prints TEXT, or y, again and again until nobody reads it or Ctrl-C.

        """;

    private const int BlockSize = 16_384;

    public static int Main(string[] arguments) => TextProgram.Run("yes", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        OptionReader reader = new("+", arguments);
        if (!reader.TryNext(out _) && reader.Error is { } error)
        {
            return program.Misused(error);
        }

        byte[] line = Encoding.UTF8.GetBytes((reader.Operands.Count == 0 ? "y" : string.Join(' ', reader.Operands)) + "\n");
        byte[] block = new byte[Math.Max(BlockSize / line.Length, 1) * line.Length];
        for (int i = 0; i < block.Length; i += line.Length)
        {
            line.CopyTo(block, i);
        }

        while (true)
        {
            program.Output.Write(block);
        }
    }
}
