using System.CommandLine;
using KernelSockets.KernelImage;

// The two steps of the kernel's link that a linker does not do.
const ulong ImageBase = 0x4000_0000;
const ulong LoadBase = 0x20_0000;

Argument<FileInfo> input = new("elf") { Description = "The linked kernel." };
Argument<FileInfo> output = new("output") { Description = "The file to write." };

Command names = new("names", "Writes the table of function names that the next link puts into the image.") { input, output };
names.SetAction(arguments => Run(() =>
{
    ElfFile elf = new(File.ReadAllBytes(arguments.GetRequiredValue(input).FullName));
    File.WriteAllBytes(arguments.GetRequiredValue(output).FullName, FunctionTable.Encode(elf.Functions(), ImageBase));
}));

Command place = new("place", "Sets the addresses that boot loaders load the image at.") { input, output };
place.SetAction(arguments => Run(() =>
{
    ElfFile elf = new(File.ReadAllBytes(arguments.GetRequiredValue(input).FullName));
    elf.SetPhysicalAddresses(ImageBase - LoadBase);
    File.WriteAllBytes(arguments.GetRequiredValue(output).FullName, elf.Bytes.ToArray());
}));

RootCommand root = new("Finishes the kernel image after linking.") { names, place };
return root.Parse(args).Invoke();

static int Run(Action action)
{
    try
    {
        action();
        return 0;
    }
    catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"KernelImage: {e.Message}");
        return 1;
    }
}
