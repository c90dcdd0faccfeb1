" Vim syntax file: rules of convened(8), written from the table of the language
if exists("b:current_syntax")
  finish
endif
syn case ignore
syn iskeyword @,48-57,-,+,_
syn keyword rulesClause cycle notice hours evening levels seat since until city zone weekend meets closed holidays formerly level under seats mandate requires held skip exchange starts every times window prefer lasts host apart after before join needs workflow meeting consult dialogue ceremony social event number of with open same in on step due by remind to mail for weight 
syn keyword rulesWord in zone shared sit serves all cluster clusters at once alphabetical delegates partners host secretariat members of meetings consults tasks before every calendar year from until consultations with per cycle as needed least meeting meetings cycles back-to-back most more start near weight week day days starting or any member previous ideally next saves trip meetings for by the morning afternoon evening first last on after everyone 
syn match rulesStatement "^sector\>"
syn match rulesStatement "^member\>"
syn match rulesStatement "^partner\>"
syn match rulesStatement "^place\>"
syn match rulesStatement "^body\>"
syn match rulesStatement "^people\>"
syn match rulesStatement "^desk\>"
syn match rulesStatement "^rotation\>"
syn match rulesStatement "^cluster\>"
syn match rulesStatement "^workflow\>"
syn match rulesStatement "^remind\>"
syn match rulesStatement "^avoid\>"
syn match rulesStatement "^holiday\>"
syn match rulesStatement "^workday\>"
syn match rulesStatement "^held\>"
syn match rulesDate "\<\d\{4}-\d\d\(-\d\d\)\?\>"
syn match rulesNumber "\<\d\+\(:\d\d\)\?\>"
syn match rulesRange "\.\."
syn match rulesPlace "{[a-z]*}" contained
syn region rulesText start=+"+ end=+"+ oneline contains=rulesPlace
syn match rulesNote "#.*$"
hi def link rulesStatement Statement
hi def link rulesClause Keyword
hi def link rulesWord Identifier
hi def link rulesDate Constant
hi def link rulesNumber Number
hi def link rulesRange Operator
hi def link rulesPlace Special
hi def link rulesText String
hi def link rulesNote Comment
let b:current_syntax = "convened-rules"
