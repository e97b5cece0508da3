namespace KernelSockets.UserApps.Programs;

/// <summary>hello: what an ordinary C# console program looks like here, namely like anywhere else.</summary>
internal static class Hello
{
    public const string Help = """
        Usage: hello [-i | NAME...]
        Greets the world, or each NAME.
          -i   asks for the name

        """;

    public static int Main(string[] args)
    {
        if (args is ["-i"])
        {
            Console.Write("What is your name? ");
            string? name = Console.ReadLine();
            if (string.IsNullOrWhiteSpace(name))
            {
                Console.Error.WriteLine("hello: no name given");
                return 1;
            }

            args = [name.Trim()];
        }

        foreach (string name in args.Length == 0 ? ["world"] : args)
        {
            Console.WriteLine($"Hello, {name}!");
        }

        return 0;
    }
}
