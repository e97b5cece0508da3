namespace KernelSockets.Kernel;

internal static class KernelMain
{
    private static int Main()
    {
        Console.WriteLine("hello from managed code");
        return 0;
    }
}
